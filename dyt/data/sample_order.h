// SPDX-License-Identifier: Apache-2.0
// Which samples an epoch takes, and in which order.
#pragma once

#include <cstdint>
#include <vector>

namespace dyt::data {

// A sample, and which of its visits in the epoch this is (0 where there is one only).
struct SampleRequest {
  int64_t sample = 0;
  int64_t repeat = 0;

  bool operator==(const SampleRequest&) const = default;
};

// 0 .. count - 1 once each, in order: evaluation.
std::vector<SampleRequest> order_as_they_are(int64_t count);

// Each once, by the permutation of the stream (seed, "order", epoch).
std::vector<SampleRequest> shuffled_order(uint64_t seed, uint64_t epoch, int64_t count);

// Repeated augmentation (DeiT's sampler, timm 1.0.15 data/distributed_sampler.py, one process): the
// permutation with each sample `repeats` times in succession; of that the first `round *
// floor(count / round)` requests make the epoch, so only about count / repeats samples are met.
// round = 0: the first `count`.
struct RepeatConfig {
  int64_t repeats = 3;
  int64_t round = 256;
};
std::vector<SampleRequest> repeated_order(uint64_t seed, uint64_t epoch, int64_t count,
                                          const RepeatConfig& config = {});

}  // namespace dyt::data
