// SPDX-License-Identifier: Apache-2.0
// Bringing a picture to a small square: the shorter side scaled to the size, the centre cut out.
//
//   const formats::Image square = resize_crop(formats::read_image("cat.jpg"), 32);   // 32 x 32
//
// Scaled is with the triangle filter, widened where the picture shrinks (no aliasing): Pillow's
// BILINEAR of that part (pixels/resample.h). Along one direction, of n pixels to m, with f = max(1,
// n / m) and c(i) = (i + 0.5) * n / m,
//   out(i) = sum_j w(i, j) in(j) / sum_j w(i, j),   w(i, j) = max(0, 1 - |j + 0.5 - c(i)| / f).
// The shorter side s of the picture gives `size`, the longer one l gives m = floor(size * l / s);
// of those m pixels (m - size) / 2, halves rounded to even as torchvision's CenterCrop does, are cut
// off at the left or top.
#pragma once

#include <cstdint>

#include "dyt/formats/image.h"

namespace dyt::data {

// Rounded to 8 bits after each direction: |out - exact| <= 1 + 1e-3. A picture whose shorter
// side is `size` is only cut, bit for bit. Only what is kept is computed.
formats::Image resize_crop(const formats::Image& image, int64_t size);

}  // namespace dyt::data
