// SPDX-License-Identifier: Apache-2.0
// Operations that map each 8-bit value by a table, a channel at a time, the same bits as Pillow's
// ImageOps and timm's auto_augment.py.
#pragma once

#include <array>
#include <cstdint>

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

using Table = std::array<uint8_t, 256>;

// v -> trunc(v s - lo s) clamped to 0..255, s = 255 / (hi - lo), lo and hi the channel's least and
// largest value; a channel of one value stays.
Image autocontrast(const Image& image);

// v -> min(255, floor((floor(s / 2) + count of values below v) / s)), s = floor((pixels - count of
// the largest value) / 255); a channel of one value, or with s = 0, stays.
Image equalize(const Image& image);

Image invert(const Image& image);  // v -> 255 - v

// Keeps the `bits` highest bits, 0 to 8; 0 gives a black image, as Pillow before 13 (which refuses
// it).
Image posterize(const Image& image, int bits);

// v -> v below the threshold, 255 - v from it on.
Image solarize(const Image& image, int threshold);

// v -> min(255, v + add) below the threshold, v from it on. add >= 0.
Image solarize_add(const Image& image, int add, int threshold = 128);

}  // namespace dyt::pixels
