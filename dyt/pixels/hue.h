// SPDX-License-Identifier: Apache-2.0
// The hue of 8-bit RGB images, through Pillow's HSV.
#pragma once

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

// Pillow's convert("HSV") of an RGB image: H, S, V, each 0..255. V = max; S = trunc(255 (max - min)
// / max); H = trunc(255 frac(h / 6 + 1)), h = bc - gc, 2 + rc - bc or 4 + gc - rc where R, G or B
// is the largest (tested in that order), rc = (max - R) / (max - min) and so on.
Image rgb_to_hsv(const Image& image);

// Its counterpart. It does not undo the rounding: values come back within a few steps.
Image hsv_to_rgb(const Image& image);

// torchvision's adjust_hue: H moves by trunc(255 * shift) modulo 256, shift in [-0.5, 0.5]. Grey
// images stay.
Image adjust_hue(const Image& image, double shift);

}  // namespace dyt::pixels
