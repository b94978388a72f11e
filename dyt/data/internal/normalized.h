// SPDX-License-Identifier: Apache-2.0
// The normalization of raw values in memory: training and evaluation share it, so an image without
// augmentation gets the same bits from both.
#pragma once

#include "dyt/data/dataset.h"

namespace dyt::data {

// (raw / scale - mean) / std of one channel, in fp32.
class Normalized {
 public:
  Normalized(const ImageData& data, int64_t channel)
      : scale_(static_cast<float>(data.scale)),
        mean_(data.normalization.mean[static_cast<size_t>(channel)]),
        std_(data.normalization.std[static_cast<size_t>(channel)]) {}

  float operator()(float raw) const { return (raw / scale_ - mean_) / std_; }

 private:
  float scale_, mean_, std_;
};

}  // namespace dyt::data
