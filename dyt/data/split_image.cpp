// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/split_image.h"

#include <torch/types.h>

#include <cmath>

#include "dyt/data/image_index.h"
#include "dyt/pixels/transforms.h"

namespace dyt::data {
namespace {

constexpr double kLargestByte = 255;

}  // namespace

formats::Image split_image(const ImageData& data, const ImageSplit& split, int64_t number) {
  if (split.streamed()) {
    return formats::read_image(
        split.files.index->path(split.files.numbers.const_data_ptr<int64_t>()[number]));
  }
  const int64_t side = data.image_size, channels = data.channels, plane = side * side;
  formats::Image image{.height = side, .width = side, .channels = channels};
  image.pixels.resize(static_cast<size_t>(plane * channels));
  const uint8_t* raw = split.images.const_data_ptr<uint8_t>() + number * channels * plane;
  for (int64_t channel = 0; channel < channels; ++channel) {
    for (int64_t pixel = 0; pixel < plane; ++pixel) {
      const double value = raw[channel * plane + pixel] * kLargestByte / data.scale;
      image.pixels[static_cast<size_t>(pixel * channels + channel)] =
          static_cast<uint8_t>(std::lround(value));
    }
  }
  return image;
}

formats::Image evaluation_image(const ImageData& data, const ImageSplit& split, int64_t number) {
  const formats::Image image = split_image(data, split, number);
  return split.streamed() ? pixels::evaluation_view(evaluation_transform(data), image) : image;
}

pixels::EvalTransform evaluation_transform(const ImageData& data) {
  pixels::EvalTransform transform = pixels::supervised_eval(data.image_size, data.crop_ratio);
  transform.normalization = data.normalization;
  transform.filter = data.filter;
  return transform;
}

}  // namespace dyt::data
