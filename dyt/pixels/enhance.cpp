// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/enhance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "dyt/pixels/crop.h"

namespace dyt::pixels {
namespace {

uint8_t blended(int from, int value, float factor) {
  const float sum = static_cast<float>(from) + factor * static_cast<float>(value - from);
  return static_cast<uint8_t>(std::clamp(sum, 0.0f, 255.0f));
}

Image blended(Image weaker, const Image& image, double wanted) {
  const auto factor = static_cast<float>(wanted);
  if (factor != 0) {
    for (size_t i = 0; i < image.pixels.size(); ++i) {
      weaker.pixels[i] = blended(weaker.pixels[i], image.pixels[i], factor);
    }
  }
  return weaker;
}

// With an image of one value.
Image blended(uint8_t weaker, Image image, double wanted) {
  std::array<uint8_t, 256> table{};
  for (int value = 0; value < 256; ++value) {
    table[static_cast<size_t>(value)] = blended(weaker, value, static_cast<float>(wanted));
  }
  for (uint8_t& value : image.pixels) {
    value = table[value];
  }
  return image;
}

uint8_t grey_of(const uint8_t* rgb) {
  return static_cast<uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

// One row of the smoothing kernel. The sums are fp32 in Pillow's order, so that values at a
// rounding border fall to the same side.
float kernel_row(const uint8_t* centre, int64_t channels, float middle, float side) {
  return static_cast<float>(centre[-channels]) * side + static_cast<float>(*centre) * middle +
         static_cast<float>(centre[channels]) * side;
}

Image smoothed(const Image& image) {
  Image output = image;
  const int64_t line = image.width * image.channels;
  constexpr float kSide = 1.0f / 13.0f;
  constexpr float kMiddle = 5.0f / 13.0f;
  for (int64_t row = 1; row + 1 < image.height; ++row) {
    for (int64_t place = image.channels; place < line - image.channels; ++place) {
      const uint8_t* centre = image.pixels.data() + row * line + place;
      float sum = 0.5f;
      sum += kernel_row(centre + line, image.channels, kSide, kSide);
      sum += kernel_row(centre, image.channels, kMiddle, kSide);
      sum += kernel_row(centre - line, image.channels, kSide, kSide);
      output.pixels[static_cast<size_t>(row * line + place)] =
          static_cast<uint8_t>(std::clamp(sum, 0.0f, 255.0f));
    }
  }
  return output;
}

}  // namespace

Image to_grey(const Image& image) {
  if (image.channels == 1) {
    return image;
  }
  Image grey{.height = image.height, .width = image.width, .channels = 1};
  grey.pixels.resize(image.pixels.size() / 3);
  for (size_t i = 0; i < grey.pixels.size(); ++i) {
    grey.pixels[i] = grey_of(image.pixels.data() + 3 * i);
  }
  return grey;
}

Image grey_as_before(const Image& image) {
  return image.channels == 1 ? image : to_rgb(to_grey(image));
}

Image enhance_color(const Image& image, double factor) {
  if (image.channels == 1) {
    return image;  // it is its own grey image
  }
  Image output = image;
  for (size_t i = 0; i < output.pixels.size(); i += 3) {
    const uint8_t grey = grey_of(image.pixels.data() + i);
    for (size_t channel = i; channel < i + 3; ++channel) {
      output.pixels[channel] = blended(grey, image.pixels[channel], static_cast<float>(factor));
    }
  }
  return output;
}

Image enhance_contrast(const Image& image, double factor) {
  const Image grey = to_grey(image);
  const auto sum = std::accumulate(grey.pixels.begin(), grey.pixels.end(), int64_t{0});
  const double mean = static_cast<double>(sum) / static_cast<double>(grey.pixels.size());
  return blended(static_cast<uint8_t>(mean + 0.5), image, factor);
}

Image enhance_brightness(const Image& image, double factor) { return blended(0, image, factor); }

Image enhance_sharpness(const Image& image, double factor) {
  return blended(smoothed(image), image, factor);
}

}  // namespace dyt::pixels
