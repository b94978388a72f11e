// SPDX-License-Identifier: Apache-2.0
// Augmentation of training images: which way, and the first of the ways, one random affine map per
// sample, bilinear, background fill. The others are those of pixels/transforms.h.
//
//   core::RandomStream random(seed, "augment", {epoch, sample});
//   warp({pixels, 28, 28}, draw_affine(config, random), output);
#pragma once

#include <cstdint>
#include <string>

#include "dyt/core/config.h"
#include "dyt/core/random.h"

namespace dyt::data {

struct AugmentConfig {
  // affine          a map within shift, rotate and scale, in the images' own channels
  // resized_crop    a random part brought to the images' size, flipped or not; RGB, as the rest
  // one_shot_crop   as resized_crop, drawn once: MAE's linear probing
  // center_crop     the middle square brought to the images' size, flipped or not: ADM's and DiT's
  // supervised      resized_crop, RandAugment and random erasing: the recipes for ImageNet
  // padded_crop     a part of the image with four pixels around it, flipped or not
  // supervised_pad  the same, RandAugment and random erasing: the recipes for small pictures
  std::string policy = "affine";
  double min_area = 0.08;  // of resized_crop and supervised: least share of the image that is shown
  int64_t repeats = 1;     // of an image in an epoch, each augmented anew; 1/repeats of them come
  // Of affine: largest deviation of each part; all zero: images stay as they are, bit for bit.
  double shift = 0.5;  // pixels
  double rotate = 10;  // degrees
  double scale = 0.1;  // 0.1: from 0.9 to 1.1 times the size

  void visit_fields(core::Fields& fields);

  bool makes_rgb() const { return policy != "affine"; }
};

struct Affine {
  double shift_x = 0;  // pixels, to the right
  double shift_y = 0;  // pixels, down
  double angle = 0;    // degrees, clockwise as seen
  double scale = 1;    // above 1: larger
};

// Draws shift_x, shift_y, angle, scale, in this order, each uniform around no change.
Affine draw_affine(const AugmentConfig& config, core::RandomStream& random);

// One channel, row-major.
struct PixelView {
  const uint8_t* pixels = nullptr;
  int64_t height = 0;
  int64_t width = 0;
};

// Scales and turns about the centre c = ((width-1)/2, (height-1)/2), then shifts. A point q of the
// image comes to p = c + scale * R * (q - c) + shift, R = [[cos, -sin], [sin, cos]] on (x right,
// y down), so
//   output(p) = image(q(p)),   q(p) = c + R^T (p - c - shift) / scale,
// where image(q) is bilinear between the four pixels around q, and pixels outside are 0 (the raw
// background). Output: height * width raw values, not normalized.
// Types: fp64 inside, rounded once. |output - exact| <= 2^-24 |exact| + 1e-9 for images of up to
// 4096 pixels a side and shifts of up to 4096; scale in [0.1, 10]. Shift 0, angle 0, scale 1 is
// exact.
void warp(const PixelView& image, const Affine& affine, float* output);

}  // namespace dyt::data
