// SPDX-License-Identifier: Apache-2.0
// Resizing of 8-bit images, the same bits as Pillow's `Image.resize(size, filter, box)`.
//
//   const formats::Image small = resize(image, {.height = 224, .width = 224}, Filter::kBicubic);
//
// Along one direction of I pixels, a box [b0, b1) of it scaled to O, s = (b1 - b0) / O,
// f = max(s, 1), S the filter's support: output o has its centre at c = b0 + (o + 0.5) s and takes
// the inputs from max(0, trunc(c - S f + 0.5)) to min(I, trunc(c + S f + 0.5)) - 1, input j with
// weight F((j - c + 0.5) / f) over the sum of the weights. Shrinking therefore widens the filter
// (no aliasing). Weights are rounded to integers of 2^-22, half away from 0; sums begin at 2^21,
// are shifted right by 22 and clamped to 0..255. First across, rounded to 8 bits, then down; a
// direction that neither changes its size nor has a box is left out. `kNearest` takes input
// trunc(b0 + (o + 0.5) s) without any of that.
// Source: Pillow 11.3, src/libImaging/Resample.c and Geometry.c. Pillow 13 goes down first where
// that is cheaper, which moves values by a few levels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/formats/image.h"

namespace dyt::pixels {

using formats::Image;

// F and S, t = |x|:
enum class Filter {
  kNearest,
  kBox,       // 1 for -0.5 < x <= 0.5; S 0.5
  kBilinear,  // 1 - t; S 1
  kBicubic,   // Keys' cubic with a = -0.5; S 2
  kLanczos    // sinc(x) sinc(x / 3); S 3
};

std::string_view filter_name(Filter filter);     // "bicubic"
std::vector<std::string> filter_names();         // all of them
Filter filter_of_name(const std::string& name);  // Error(kUsage) offers the nearest name

struct Size {
  int64_t height = 0;
  int64_t width = 0;

  bool operator==(const Size&) const = default;
};

// Part of an image in pixels, corners may lie inside pixels. Pixels outside the box but inside the
// image count at its edges, as in Pillow; to keep them out crop first.
struct Box {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
};

// The image has 1 or 3 channels. Error(kInternal): a size below 1 or above formats::kMaxImageSide,
// a box that is empty or not inside the image.
Image resize(const Image& image, const Size& size, Filter filter,
             const std::optional<Box>& box = std::nullopt);

}  // namespace dyt::pixels
