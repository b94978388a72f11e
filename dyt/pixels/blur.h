// SPDX-License-Identifier: Apache-2.0
// Gaussian blur of 8-bit images, the same bits as Pillow's ImageFilter.GaussianBlur(radius).
//
// Three box blurs a direction stand for the Gaussian of standard deviation `radius` (Gwosdek et
// al., "Theoretical foundations of Gaussian convolution by extended box filtering", SSVM 2011):
// with s2 = radius^2 / 3 and l = floor((sqrt(12 s2 + 1) - 1) / 2) the box reaches r = l + (2 l + 1)
// (l (l + 1) - 3 s2) / (6 (s2 - (l + 1)^2)) pixels to both sides, its outermost pixels weigh the
// fraction; beyond an edge its pixel goes on. Weights are integers of 2^-24; every pass is rounded
// to 8 bits; first the three across, then the three down.
#pragma once

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

// radius in pixels, from 0 (the image stays) to 1000; Error(kInternal) beyond.
Image gaussian_blur(const Image& image, double radius);

}  // namespace dyt::pixels
