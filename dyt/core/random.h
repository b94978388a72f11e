// SPDX-License-Identifier: Apache-2.0
// Named, counter-based random streams: what a stream yields depends on its seed, its name and its
// indices only, never on threads, workers or what was drawn elsewhere.
//
//   RandomStream weights(seed, "weights/blocks.0.attn.qkv.weight");
//   RandomStream augment(seed, "augment", {epoch, sample});
//
// Generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011),
// key from SHA-256 of seed and name, counter from indices and position.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace dyt::core {

// One Philox4x32 block of ten rounds; exposed for the known-answer test.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class RandomStream {
 public:
  // At most two indices (for instance epoch and sample), each from 0 to 2^32 - 1.
  RandomStream(uint64_t seed, std::string_view name, std::initializer_list<uint64_t> indices = {});

  uint32_t next_u32();
  double uniform();                         // [0, 1), 53 bits
  double uniform(double low, double high);  // [low, high)
  uint64_t below(uint64_t bound);           // 0 .. bound - 1, unbiased; bound >= 1
  double normal();                          // mean 0, standard deviation 1 (Box-Muller)
  // Normal(0, std) truncated at the absolute bounds low and high, by rejection (timm's convention).
  double trunc_normal(double std, double low = -2.0, double high = 2.0);
  std::vector<int64_t> permutation(int64_t count);  // Fisher-Yates over 0 .. count - 1

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  int used_ = 4;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace dyt::core
