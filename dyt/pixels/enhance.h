// SPDX-License-Identifier: Apache-2.0
// Colour, contrast, brightness and sharpness of 8-bit images by a factor, the same bits as Pillow's
// ImageEnhance (and torchvision's adjust_* on Pillow images).
//
// Each is out = d + factor (v - d) in fp32, clamped and cut to 8 bits, d a weaker image: factor 0
// gives d, 1 the image, above 1 overdoes it.
#pragma once

#include "dyt/pixels/resample.h"

namespace dyt::pixels {

// One channel: (19595 R + 38470 G + 7471 B + 32768) >> 16. Grey images stay.
Image to_grey(const Image& image);

// The same with as many channels as the image has.
Image grey_as_before(const Image& image);

Image enhance_color(const Image& image, double factor);  // d: the grey image
Image enhance_contrast(const Image& image,
                       double factor);  // d: the mean of the grey image, rounded
Image enhance_brightness(const Image& image, double factor);  // d: black
// d: smoothed by [1 1 1; 1 5 1; 1 1 1] / 13, rounded, but for the outermost pixels, which stay; an
// image of fewer than 3 pixels a side stays.
Image enhance_sharpness(const Image& image, double factor);

}  // namespace dyt::pixels
