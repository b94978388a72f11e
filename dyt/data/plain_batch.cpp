// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/plain_batch.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/data/internal/normalized.h"

namespace dyt::data {
namespace {

void check_range(int64_t begin, int64_t end, int64_t count) {
  if (begin < 0 || begin > end || end > count) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "a batch asks for images that are not there",
                       .expected = "numbers from 0 to " + std::to_string(count - 1),
                       .found = std::to_string(begin) + " to " + std::to_string(end - 1)});
  }
}

}  // namespace

at::Tensor plain_batch(const ImageData& data, const ImageSplit& split, int64_t begin, int64_t end,
                       int64_t channels) {
  check_range(begin, end, split.labels.numel());
  const int64_t plane = data.image_size * data.image_size;
  channels = channels == 0 ? data.channels : channels;
  const at::Tensor batch =
      at::empty({end - begin, channels, data.image_size, data.image_size}, at::kFloat);
  float* output = batch.mutable_data_ptr<float>();
  for (int64_t number = begin; number < end; ++number) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const int64_t source = number * data.channels + (data.channels == 1 ? 0 : channel);
      const uint8_t* raw = split.images.const_data_ptr<uint8_t>() + source * plane;
      const Normalized normalized(data, channel);
      for (int64_t pixel = 0; pixel < plane; ++pixel) {
        *output++ = normalized(static_cast<float>(raw[pixel]));
      }
    }
  }
  return batch;
}

}  // namespace dyt::data
