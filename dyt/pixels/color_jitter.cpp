// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/color_jitter.h"

#include <algorithm>

#include "dyt/pixels/enhance.h"
#include "dyt/pixels/hue.h"

namespace dyt::pixels {
namespace {

std::optional<double> draw_around(double centre, double reach, double least,
                                  core::RandomStream& random) {
  if (reach == 0) {
    return std::nullopt;
  }
  return random.uniform(std::max(least, centre - reach), centre + reach);
}

Image apply_one(const Image& image, const ColorJitter& jitter, int which) {
  switch (which) {
    case 0:
      return jitter.brightness ? enhance_brightness(image, *jitter.brightness) : image;
    case 1:
      return jitter.contrast ? enhance_contrast(image, *jitter.contrast) : image;
    case 2:
      return jitter.saturation ? enhance_color(image, *jitter.saturation) : image;
    default:
      return jitter.hue ? adjust_hue(image, *jitter.hue) : image;
  }
}

}  // namespace

ColorJitter draw_color_jitter(const ColorJitterConfig& config, core::RandomStream& random) {
  ColorJitter jitter;
  const std::vector<int64_t> order = random.permutation(4);
  std::copy(order.begin(), order.end(), jitter.order.begin());
  jitter.brightness = draw_around(1, config.brightness, 0, random);
  jitter.contrast = draw_around(1, config.contrast, 0, random);
  jitter.saturation = draw_around(1, config.saturation, 0, random);
  jitter.hue = draw_around(0, config.hue, -0.5, random);
  return jitter;
}

Image apply_color_jitter(const Image& image, const ColorJitter& jitter) {
  Image output = image;
  for (const int which : jitter.order) {
    output = apply_one(output, jitter, which);
  }
  return output;
}

}  // namespace dyt::pixels
