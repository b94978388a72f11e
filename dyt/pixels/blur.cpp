// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/blur.h"

#include <cmath>
#include <string>

#include "dyt/core/error.h"
#include "dyt/pixels/internal/blur_pass.h"

namespace dyt::pixels {
namespace {

using internal::BoxWeights;

constexpr int kPasses = 3;
constexpr double kMaxRadius = 1000;

// The box's reach, in fp32 where Pillow has fp32.
float box_reach(float radius) {
  const float s2 = radius * radius / kPasses;
  const auto length = static_cast<float>(std::sqrt(12.0 * s2 + 1.0));
  const auto l = static_cast<float>(std::floor((length - 1.0) / 2.0));
  float a = (2 * l + 1) * (l * (l + 1) - 3 * s2);
  a /= 6 * (s2 - (l + 1) * (l + 1));
  return l + a;
}

BoxWeights weights_of(float reach) {
  BoxWeights weights{.reach = static_cast<int64_t>(reach)};
  weights.inside = static_cast<uint32_t>(static_cast<float>(1 << 24) / (reach * 2 + 1));
  weights.edge = ((1u << 24) - static_cast<uint32_t>(weights.reach * 2 + 1) * weights.inside) / 2;
  return weights;
}

// Rows and columns exchanged.
Image turned(const Image& image) {
  Image output{.height = image.width, .width = image.height, .channels = image.channels};
  output.pixels.resize(image.pixels.size());
  for (int64_t row = 0; row < image.height; ++row) {
    const uint8_t* from = image.pixels.data() + row * image.width * image.channels;
    for (int64_t column = 0; column < image.width; ++column) {
      uint8_t* to = output.pixels.data() + (column * image.height + row) * image.channels;
      for (int64_t channel = 0; channel < image.channels; ++channel) {
        *to++ = *from++;
      }
    }
  }
  return output;
}

// Every pass down the columns.
void blur_columns(Image& image, const BoxWeights& box) {
  std::vector<uint8_t> blurred(image.pixels.size());
  for (int pass = 0; pass < kPasses; ++pass) {
    internal::blur_down(image.pixels.data(), image.height, image.width * image.channels, box,
                        blurred.data());
    image.pixels.swap(blurred);
  }
}

}  // namespace

Image gaussian_blur(const Image& image, double radius) {
  if (!(radius >= 0 && radius <= kMaxRadius)) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "a blur of this radius is not possible",
                                                   .where = "pixels::gaussian_blur",
                                                   .expected = "from 0 to 1000 pixels",
                                                   .found = std::to_string(radius)});
  }
  if (radius == 0) {
    return image;
  }
  const BoxWeights box = weights_of(box_reach(static_cast<float>(radius)));
  Image across = turned(image);
  blur_columns(across, box);
  Image output = turned(across);
  blur_columns(output, box);
  return output;
}

}  // namespace dyt::pixels
