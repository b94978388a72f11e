// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/rand_augment.h"

#include <algorithm>
#include <cmath>

#include "dyt/pixels/enhance.h"
#include "dyt/pixels/tables.h"

namespace dyt::pixels {
namespace {

constexpr double kMaxMagnitude = 10;

constexpr std::array<std::string_view, kAugmentOps> kNames = {"AutoContrast",
                                                              "Equalize",
                                                              "Invert",
                                                              "Rotate",
                                                              "PosterizeIncreasing",
                                                              "SolarizeIncreasing",
                                                              "SolarizeAdd",
                                                              "ColorIncreasing",
                                                              "ContrastIncreasing",
                                                              "BrightnessIncreasing",
                                                              "SharpnessIncreasing",
                                                              "ShearX",
                                                              "ShearY",
                                                              "TranslateXRel",
                                                              "TranslateYRel"};

}  // namespace

std::string_view augment_name(AugmentOp op) { return kNames[static_cast<size_t>(op)]; }

double augment_argument(AugmentOp op, double magnitude, bool negated) {
  const double level = magnitude / kMaxMagnitude;
  const double sign = negated ? -1 : 1;
  switch (op) {
    case AugmentOp::kAutoContrast:
    case AugmentOp::kEqualize:
    case AugmentOp::kInvert:
      return 0;
    case AugmentOp::kRotate:
      return sign * (level * 30);
    case AugmentOp::kPosterize:
      return 4 - std::trunc(level * 4);
    case AugmentOp::kSolarize:
      return 256 - std::min(256.0, std::trunc(level * 256));
    case AugmentOp::kSolarizeAdd:
      return std::min(128.0, std::trunc(level * 110));
    case AugmentOp::kColor:
    case AugmentOp::kContrast:
    case AugmentOp::kBrightness:
    case AugmentOp::kSharpness:
      return std::max(0.1, 1 + sign * (level * 0.9));
    case AugmentOp::kShearX:
    case AugmentOp::kShearY:
      return sign * (level * 0.3);
    case AugmentOp::kTranslateX:
    case AugmentOp::kTranslateY:
      return sign * (level * 0.45);
  }
  return 0;
}

std::vector<AugmentStep> draw_rand_augment(const RandAugmentConfig& config,
                                           core::RandomStream& random) {
  std::vector<AugmentStep> steps;
  for (int layer = 0; layer < config.layers; ++layer) {
    const auto op = static_cast<AugmentOp>(random.below(kAugmentOps));
    const bool applied = random.uniform() < config.probability;
    const double magnitude =
        std::clamp(config.magnitude + config.deviation * random.normal(), 0.0, kMaxMagnitude);
    const bool negated = random.uniform() < 0.5;
    if (applied) {
      steps.push_back({.op = op, .argument = augment_argument(op, magnitude, negated)});
    }
  }
  return steps;
}

Image apply_augment(const Image& image, const AugmentStep& step, const RandAugmentConfig& config) {
  const double argument = step.argument;
  const auto mapped = [&](const AffineMap& map) {
    return transform(image, map, config.filter, config.fill);
  };
  switch (step.op) {
    case AugmentOp::kAutoContrast:
      return autocontrast(image);
    case AugmentOp::kEqualize:
      return equalize(image);
    case AugmentOp::kInvert:
      return invert(image);
    case AugmentOp::kRotate:
      return mapped(rotation({.height = image.height, .width = image.width}, argument));
    case AugmentOp::kPosterize:
      return posterize(image, static_cast<int>(argument));
    case AugmentOp::kSolarize:
      return solarize(image, static_cast<int>(argument));
    case AugmentOp::kSolarizeAdd:
      return solarize_add(image, static_cast<int>(argument));
    case AugmentOp::kColor:
      return enhance_color(image, argument);
    case AugmentOp::kContrast:
      return enhance_contrast(image, argument);
    case AugmentOp::kBrightness:
      return enhance_brightness(image, argument);
    case AugmentOp::kSharpness:
      return enhance_sharpness(image, argument);
    case AugmentOp::kShearX:
      return mapped({.b = argument});
    case AugmentOp::kShearY:
      return mapped({.d = argument});
    case AugmentOp::kTranslateX:
      return mapped({.c = argument * static_cast<double>(image.width)});
    case AugmentOp::kTranslateY:
      return mapped({.f = argument * static_cast<double>(image.height)});
  }
  return image;
}

}  // namespace dyt::pixels
