// SPDX-License-Identifier: Apache-2.0
// RandAugment as timm's `rand-m9-mstd0.5-inc1` has it (timm 1.0.15, data/auto_augment.py).
//
//   for (const AugmentStep& step : draw_rand_augment(config, random)) {
//     image = apply_augment(image, step, config);
//   }
//
// `layers` times one of the 15 operations, uniform, with replacement; each is then skipped with
// probability 1 - `probability`. Its magnitude is m = clip(Normal(magnitude, deviation), 0, 10),
// drawn anew each time; signs are + or - with probability 0.5.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "dyt/core/random.h"
#include "dyt/pixels/affine.h"

namespace dyt::pixels {

// In timm's order. What the argument is at magnitude m:
enum class AugmentOp {
  kAutoContrast,
  kEqualize,
  kInvert,
  kRotate,       // sign 3 m degrees, counter-clockwise
  kPosterize,    // 4 - trunc(0.4 m) bits are kept; 0 at m = 10, a black image
  kSolarize,     // the threshold 256 - min(256, trunc(25.6 m))
  kSolarizeAdd,  // min(128, trunc(11 m)) is added below 128
  kColor,        // this and the next three: the factor max(0.1, 1 + sign 0.09 m)
  kContrast,
  kBrightness,
  kSharpness,
  kShearX,  // sign 0.03 m
  kShearY,
  kTranslateX,  // sign 0.045 m of the width
  kTranslateY   // of the height
};

constexpr int kAugmentOps = 15;

std::string_view augment_name(AugmentOp op);  // timm's: "PosterizeIncreasing"

// 0 for an operation without one.
double augment_argument(AugmentOp op, double magnitude, bool negated);

struct RandAugmentConfig {
  int layers = 2;
  double probability = 0.5;
  double magnitude = 9;
  double deviation = 0.5;
  Filter filter = Filter::kBicubic;  // of the geometric operations
  Colour fill = {124, 116, 104};     // round(255 * ImageNet's mean)
};

struct AugmentStep {
  AugmentOp op = AugmentOp::kInvert;
  double argument = 0;
};

// The operations that are applied, in order. Draws for each layer: operation, whether, magnitude,
// sign (all four always).
std::vector<AugmentStep> draw_rand_augment(const RandAugmentConfig& config,
                                           core::RandomStream& random);

// Uses the config's filter and fill only.
Image apply_augment(const Image& image, const AugmentStep& step, const RandAugmentConfig& config);

}  // namespace dyt::pixels
