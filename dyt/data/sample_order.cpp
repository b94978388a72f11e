// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/sample_order.h"

#include <algorithm>

#include "dyt/core/random.h"

namespace dyt::data {

std::vector<SampleRequest> order_as_they_are(int64_t count) {
  std::vector<SampleRequest> order;
  order.reserve(static_cast<size_t>(count));
  for (int64_t sample = 0; sample < count; ++sample) {
    order.push_back({.sample = sample});
  }
  return order;
}

std::vector<SampleRequest> shuffled_order(uint64_t seed, uint64_t epoch, int64_t count) {
  return repeated_order(seed, epoch, count, {.repeats = 1, .round = 0});
}

std::vector<SampleRequest> repeated_order(uint64_t seed, uint64_t epoch, int64_t count,
                                          const RepeatConfig& config) {
  const int64_t wanted = config.round > 0 ? count / config.round * config.round : count;
  std::vector<SampleRequest> order;
  order.reserve(static_cast<size_t>(wanted));
  // shuffled_order's permutation.
  for (const int64_t sample : core::RandomStream(seed, "order", {epoch}).permutation(count)) {
    for (int64_t repeat = 0; repeat < config.repeats; ++repeat) {
      if (static_cast<int64_t>(order.size()) == wanted) {
        return order;
      }
      order.push_back({.sample = sample, .repeat = repeat});
    }
  }
  return order;
}

}  // namespace dyt::data
