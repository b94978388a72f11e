// SPDX-License-Identifier: Apache-2.0
// Batches made here and now, for tests of what is in them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dyt/data/batch_stream.h"
#include "dyt/data/plain_batch.h"

namespace dyt::data {

struct BatchSpec {
  AugmentConfig augment;
  uint64_t seed = 0;
  uint64_t epoch = 0;
};

// Training images of these numbers, as a run's epoch has them: float (B, C, H, W).
inline at::Tensor train_batch(const ImageData& data, std::span<const int64_t> samples,
                              const BatchSpec& spec) {
  std::vector<SampleRequest> requests;
  for (const int64_t sample : samples) {
    requests.push_back({.sample = sample});
  }
  return made_batch(training_maker(data, spec.augment, spec.seed, spec.epoch), requests)[0];
}

inline at::Tensor test_batch(const ImageData& data, int64_t begin, int64_t end) {
  return plain_batch(data, data.test, begin, end);
}

}  // namespace dyt::data
