// SPDX-License-Identifier: Apache-2.0
// torchvision's ColorJitter on Pillow images: brightness, contrast, saturation and hue by random
// amounts, in random order.
#pragma once

#include <array>
#include <optional>

#include "dyt/core/random.h"
#include "dyt/pixels/resample.h"

namespace dyt::pixels {

// Factors are uniform in [max(0, 1 - b), 1 + b], the shift of the hue in [-h, h]; 0: not at all.
struct ColorJitterConfig {
  double brightness = 0.4;
  double contrast = 0.4;
  double saturation = 0.2;
  double hue = 0.1;  // at most 0.5
};

struct ColorJitter {
  std::array<int, 4> order = {0, 1, 2, 3};  // 0 brightness, 1 contrast, 2 saturation, 3 hue
  std::optional<double> brightness;
  std::optional<double> contrast;
  std::optional<double> saturation;
  std::optional<double> hue;
};

// Draws the order, then brightness, contrast, saturation, hue (those that are not 0).
ColorJitter draw_color_jitter(const ColorJitterConfig& config, core::RandomStream& random);

Image apply_color_jitter(const Image& image, const ColorJitter& jitter);

}  // namespace dyt::pixels
