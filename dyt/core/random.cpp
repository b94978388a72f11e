// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"

namespace dyt::core {
namespace {

constexpr uint32_t kMultiplierA = 0xD2511F53;
constexpr uint32_t kMultiplierB = 0xCD9E8D57;
constexpr uint32_t kWeylA = 0x9E3779B9;
constexpr uint32_t kWeylB = 0xBB67AE85;

std::array<uint32_t, 2> key_of(uint64_t seed, std::string_view name) {
  const auto digest = sha256(std::to_string(seed) + "/" + std::string(name));
  std::array<uint32_t, 2> key{};
  for (int i = 0; i < 8; ++i) {
    key[i / 4] |= static_cast<uint32_t>(digest[i]) << (8 * (i % 4));
  }
  return key;
}

}  // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product_a = uint64_t{kMultiplierA} * counter[0];
    const uint64_t product_b = uint64_t{kMultiplierB} * counter[2];
    counter = {static_cast<uint32_t>(product_b >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product_b),
               static_cast<uint32_t>(product_a >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product_a)};
    key[0] += kWeylA;
    key[1] += kWeylB;
  }
  return counter;
}

RandomStream::RandomStream(uint64_t seed, std::string_view name,
                           std::initializer_list<uint64_t> indices)
    : key_(key_of(seed, name)), counter_{0, 0, 0, 0} {
  if (indices.size() > 2) {
    throw Error(ErrorKind::kInternal, {.what = "a random stream takes at most two indices"});
  }
  int word = 2;
  for (const uint64_t index : indices) {
    if (index > UINT32_MAX) {
      throw Error(ErrorKind::kInternal, {.what = "a random stream's index must fit 32 bits"});
    }
    counter_[word++] = static_cast<uint32_t>(index);
  }
}

uint32_t RandomStream::next_u32() {
  if (used_ == 4) {
    block_ = philox4x32(counter_, key_);
    if (++counter_[0] == 0) {
      ++counter_[1];
    }
    used_ = 0;
  }
  return block_[used_++];
}

double RandomStream::uniform() {
  const uint64_t high = next_u32() >> 5;  // 27 bits
  const uint64_t low = next_u32() >> 6;   // 26 bits
  return static_cast<double>((high << 26) | low) * 0x1.0p-53;
}

double RandomStream::uniform(double low, double high) { return low + (high - low) * uniform(); }

uint64_t RandomStream::below(uint64_t bound) {
  // Values under `reject` would make the first remainders more likely than the others.
  const uint64_t reject = (0 - bound) % bound;
  while (true) {
    const uint64_t high = next_u32();
    const uint64_t value = (high << 32) | next_u32();
    if (value >= reject) {
      return value % bound;
    }
  }
}

double RandomStream::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

double RandomStream::trunc_normal(double std, double low, double high) {
  while (true) {
    const double value = std * normal();
    if (value >= low && value <= high) {
      return value;
    }
  }
}

std::vector<int64_t> RandomStream::permutation(int64_t count) {
  std::vector<int64_t> order(count);
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t last = count - 1; last > 0; --last) {
    std::swap(order[last], order[below(last + 1)]);
  }
  return order;
}

}  // namespace dyt::core
