// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/planes.h"

#include <cmath>

#include "dyt/pixels/random_crop.h"

namespace dyt::pixels {
namespace {

constexpr int kTries = 10;

std::array<float, 256> normalized_values(float mean, float std) {
  std::array<float, 256> values{};
  for (size_t value = 0; value < values.size(); ++value) {
    values[value] = (static_cast<float>(value) / 255.0f - mean) / std;
  }
  return values;
}

}  // namespace

void normalize(const Image& image, const Normalization& normalization, float* output) {
  const int64_t plane = image.height * image.width;
  std::array<std::array<float, 256>, 3> values;
  for (size_t channel = 0; channel < static_cast<size_t>(image.channels); ++channel) {
    values[channel] = normalized_values(normalization.mean[channel], normalization.std[channel]);
  }
  const uint8_t* value = image.pixels.data();
  if (image.channels == 1) {
    for (int64_t pixel = 0; pixel < plane; ++pixel) {
      output[pixel] = values[0][value[pixel]];
    }
    return;
  }
  for (int64_t pixel = 0; pixel < plane; ++pixel) {  // all planes at once: every byte is read once
    output[pixel] = values[0][value[3 * pixel]];
    output[plane + pixel] = values[1][value[3 * pixel + 1]];
    output[2 * plane + pixel] = values[2][value[3 * pixel + 2]];
  }
}

Size erase_size(const Size& image, double area_share, double ratio) {
  const Size turned = crop_size(image, area_share, ratio);
  return {.height = turned.width, .width = turned.height};
}

std::optional<Rectangle> draw_erase(const EraseConfig& config, const Size& image,
                                    core::RandomStream& random) {
  if (random.uniform() >= config.probability) {
    return std::nullopt;
  }
  for (int i = 0; i < kTries; ++i) {
    const double share = random.uniform(config.min_area, config.max_area);
    const double ratio =
        std::exp(random.uniform(std::log(config.min_ratio), std::log(config.max_ratio)));
    const Size size = erase_size(image, share, ratio);
    if (size.width < image.width && size.height < image.height) {
      const Rectangle box = draw_corner(size, image, random);
      return size.width > 0 && size.height > 0 ? std::optional(box) : std::nullopt;
    }
  }
  return std::nullopt;
}

void erase(float* planes, int64_t channels, const Size& image, const Rectangle& box,
           core::RandomStream& random) {
  for (int64_t channel = 0; channel < channels; ++channel) {
    for (int64_t row = box.top; row < box.top + box.height; ++row) {
      float* value = planes + (channel * image.height + row) * image.width + box.left;
      for (int64_t column = 0; column < box.width; ++column) {
        *value++ = static_cast<float>(random.normal());
      }
    }
  }
}

}  // namespace dyt::pixels
