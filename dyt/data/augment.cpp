// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/augment.h"

#include <cmath>
#include <numbers>

namespace dyt::data {
namespace {

double pixel_or_background(const PixelView& image, int64_t row, int64_t column) {
  const bool inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
  return inside ? image.pixels[row * image.width + column] : 0.0;
}

double bilinear(const PixelView& image, double x, double y) {
  const double left = std::floor(x);
  const double top = std::floor(y);
  const auto column = static_cast<int64_t>(left);
  const auto row = static_cast<int64_t>(top);
  const double right_share = x - left;
  const double bottom_share = y - top;
  const double upper = (1 - right_share) * pixel_or_background(image, row, column) +
                       right_share * pixel_or_background(image, row, column + 1);
  const double lower = (1 - right_share) * pixel_or_background(image, row + 1, column) +
                       right_share * pixel_or_background(image, row + 1, column + 1);
  return (1 - bottom_share) * upper + bottom_share * lower;
}

}  // namespace

void AugmentConfig::visit_fields(core::Fields& fields) {
  fields.add(
      "policy", policy,
      {.help = "affine: small random maps (the next three keys); resized_crop, padded_crop: "
               "random parts, flipped or not; one_shot_crop: the same, of any "
               "shape; center_crop: the middle square, flipped or not; "
               "supervised, supervised_pad: random parts with RandAugment and random erasing. All "
               "but affine see and give RGB",
       .choices = {"affine", "resized_crop", "padded_crop", "one_shot_crop", "center_crop",
                   "supervised", "supervised_pad"}});
  fields.add("min_area", min_area,
             {.help = "resized_crop, supervised: least share of the image that is shown",
              .min = 0.001,
              .max = 1});
  fields.add("repeats", repeats,
             {.help = "an image comes so often in an epoch, each time augmented anew, and only "
                      "1/repeats of the images come: DeiT's repeated augmentation is 3",
              .min = 1,
              .max = 100});
  fields.add("shift", shift,
             {.help = "training images are shifted by up to so many pixels in x and y",
              .min = 0,
              .max = 4096});
  fields.add("rotate", rotate,
             {.help = "and turned by up to so many degrees", .min = 0, .max = 180});
  fields.add("scale", scale,
             {.help = "and scaled by up to this share of their size", .min = 0, .max = 0.9});
}

Affine draw_affine(const AugmentConfig& config, core::RandomStream& random) {
  Affine affine;
  affine.shift_x = random.uniform(-config.shift, config.shift);
  affine.shift_y = random.uniform(-config.shift, config.shift);
  affine.angle = random.uniform(-config.rotate, config.rotate);
  affine.scale = 1 + random.uniform(-config.scale, config.scale);
  return affine;
}

void warp(const PixelView& image, const Affine& affine, float* output) {
  const double radians = affine.angle * (std::numbers::pi / 180);
  const double cosine = std::cos(radians) / affine.scale;
  const double sine = std::sin(radians) / affine.scale;
  const double centre_x = static_cast<double>(image.width - 1) / 2;
  const double centre_y = static_cast<double>(image.height - 1) / 2;
  for (int64_t row = 0; row < image.height; ++row) {
    const double dy = static_cast<double>(row) - centre_y - affine.shift_y;
    for (int64_t column = 0; column < image.width; ++column) {
      const double dx = static_cast<double>(column) - centre_x - affine.shift_x;
      const double x = centre_x + (cosine * dx + sine * dy);
      const double y = centre_y + (cosine * dy - sine * dx);
      *output++ = static_cast<float>(bilinear(image, x, y));
    }
  }
}

}  // namespace dyt::data
