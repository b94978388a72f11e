// Batches: which samples come when, and the samples as normalized tensors.
//
//   const auto order = batch_order(seed, epoch, data.train.labels.numel());
//   const at::Tensor input = train_batch(data, std::span(order).first(32),
//                                        {.augment = config, .seed = seed, .epoch = epoch});
//
// Nothing here depends on threads or on the other samples of a batch: a training image is a
// function of (seed, epoch, sample) alone.
//
// Normalization, in fp32: (raw / scale - mean) / std; of data.normalization=half both are 0.5, so 0
// becomes -1 and `scale` becomes 1.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "dyt/data/augment.h"
#include "dyt/data/dataset.h"

namespace dyt::data {

// The epoch's order of 0 .. count - 1: the permutation of the stream (seed, "order", epoch).
std::vector<int64_t> batch_order(uint64_t seed, uint64_t epoch, int64_t count);

struct BatchSpec {
  AugmentConfig augment;
  uint64_t seed = 0;
  uint64_t epoch = 0;
};

// Training images of these numbers, augmented from the streams (seed, "augment", epoch, sample), or
// (seed, "transform/<stage>", epoch, sample), and normalized: float (B, C, H, W), C 3 where
// augment.makes_rgb().
at::Tensor train_batch(const ImageData& data, std::span<const int64_t> samples,
                       const BatchSpec& spec);

// Images begin .. end - 1 of one of its splits that is in memory, normalized: float (end - begin,
// C, H, W). C is the data's, or `channels`: grey images fill 3.
at::Tensor plain_batch(const ImageData& data, const ImageSplit& split, int64_t begin, int64_t end,
                       int64_t channels = 0);

// Of the test images.
inline at::Tensor eval_batch(const ImageData& data, int64_t begin, int64_t end) {
  return plain_batch(data, data.test, begin, end);
}

}  // namespace dyt::data
