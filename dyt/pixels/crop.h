// SPDX-License-Identifier: Apache-2.0
// Cutting, mirroring and framing of 8-bit images: all exact copies of pixels.
#pragma once

#include <array>
#include <cstdint>

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

// Whole pixels.
struct Rectangle {
  int64_t top = 0;
  int64_t left = 0;
  int64_t height = 0;
  int64_t width = 0;

  bool operator==(const Rectangle&) const = default;
};

// Error(kInternal) for a rectangle that is empty or not inside the image.
Image crop(const Image& image, const Rectangle& part);

Image flip_horizontal(const Image& image);

// So many black pixels at each side.
struct Border {
  int64_t left = 0;
  int64_t top = 0;
  int64_t right = 0;
  int64_t bottom = 0;
};

Image pad(const Image& image, const Border& border);

// torchvision's CenterCrop: top = (H - size) / 2 and left likewise, halves rounded to even; an
// image that is smaller is first padded with black, the odd pixel at the right and bottom.
Image center_crop(const Image& image, int64_t size);

// torchvision's Resize(n): the shorter side becomes `shorter`, the longer one
// trunc(shorter * long / short).
Size shorter_side_size(const Image& image, int64_t shorter);
Image resize_shorter(const Image& image, int64_t shorter, Filter filter);

// The centre crop of the ADM and DiT releases: halved by a box filter (sides rounded down) while
// the shorter side is 2 * size or more, then bicubic to the shorter side `size` with both sides
// rounded, halves to even, then cut at floor((side - size) / 2).
Image adm_center_crop(const Image& image, int64_t size);

// Grey to RGB by repeating; RGB stays.
Image to_rgb(const Image& image);

}  // namespace dyt::pixels
