// SPDX-License-Identifier: Apache-2.0
// From 8-bit images to what a network takes, fp32 (C, H, W): normalization and random erasing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dyt/core/random.h"
#include "dyt/pixels/crop.h"

namespace dyt::pixels {

// For R, G, B; a grey image takes the first of each.
struct Normalization {
  std::array<float, 3> mean = {0.485f, 0.456f, 0.406f};  // ImageNet's
  std::array<float, 3> std = {0.229f, 0.224f, 0.225f};
};

constexpr Normalization kHalfNormalization = {.mean = {0.5f, 0.5f, 0.5f},
                                              .std = {0.5f, 0.5f, 0.5f}};

// (value / 255 - mean) / std in fp32, three roundings: torchvision's ToTensor and Normalize, bit
// for bit. Writes C * H * W values.
void normalize(const Image& image, const Normalization& normalization, float* output);

// timm's RandomErasing, mode "pixel", one box.
struct EraseConfig {
  double probability = 0.25;
  double min_area = 0.02;  // of the image
  double max_area = 1.0 / 3;
  double min_ratio = 0.3;  // height over width
  double max_ratio = 1 / 0.3;
};

// Height round(sqrt(area * ratio)), width round(sqrt(area / ratio)), area = area_share * H * W,
// halves to even: the ratio is the other way round than crop_size's.
Size erase_size(const Size& image, double area_share, double ratio);

// Whether, then up to 10 tries of area and ratio (uniform in its logarithm); the first that is
// smaller than the image in both directions gets a uniform corner (top, then left). Nothing without
// one, and where it rounds to no pixel.
std::optional<Rectangle> draw_erase(const EraseConfig& config, const Size& image,
                                    core::RandomStream& random);

// Every value of the box, channel by channel, row by row, is drawn anew from Normal(0, 1).
void erase(float* planes, int64_t channels, const Size& image, const Rectangle& box,
           core::RandomStream& random);

}  // namespace dyt::pixels
