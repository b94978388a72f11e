// SPDX-License-Identifier: Apache-2.0
// Shearing, shifting and turning of 8-bit images, the same bits as Pillow's
// `Image.transform(size, AFFINE, ...)` and `Image.rotate`.
#pragma once

#include <array>
#include <cstdint>

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

using Colour = std::array<uint8_t, 3>;  // a grey image takes the first

// From output to input: output pixel (x, y) takes what lies at
//   (a (x + 0.5) + b (y + 0.5) + c,  d (x + 0.5) + e (y + 0.5) + f)
// of the input, in pixels with (0, 0) the image's top left corner.
struct AffineMap {
  double a = 1, b = 0, c = 0;
  double d = 0, e = 1, f = 0;
};

// The output has the image's size; what lies outside the image is `fill`. `filter` is kBilinear or
// kBicubic (here with a = -1, not resize's -0.5), edges repeated, fp64 inside and cut, not rounded,
// to 8 bits; not widened where the map shrinks. Error(kInternal) for other filters.
Image transform(const Image& image, const AffineMap& map, Filter filter, const Colour& fill);

// The map that turns by so many degrees, counter-clockwise as seen, about the centre (W/2, H/2);
// sine and cosine are rounded to 15 decimals, as Pillow does.
AffineMap rotation(const Size& size, double degrees);

}  // namespace dyt::pixels
