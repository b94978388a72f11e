// SPDX-License-Identifier: Apache-2.0
// Which part of an image a training view is cut from: drawn first, cut afterwards (crop.h).
//
//   const Rectangle part = draw_resized_crop({}, {.height = 480, .width = 640}, random);
//   const Image view = resized_crop(image, part, 224, Filter::kBicubic);
#pragma once

#include <cstdint>
#include <optional>

#include "dyt/core/random.h"
#include "dyt/pixels/crop.h"

namespace dyt::pixels {

// Shares of the image's area, and width over height.
struct CropRange {
  double min_area = 0.08;
  double max_area = 1;
  double min_ratio = 3.0 / 4;
  double max_ratio = 4.0 / 3;
};

// Width round(sqrt(area * ratio)), height round(sqrt(area / ratio)), area = area_share * H * W,
// halves to even; it may be larger than the image, or 0.
Size crop_size(const Size& image, double area_share, double ratio);

// torchvision's RandomResizedCrop: up to 10 tries of an area uniform in the range and a ratio
// uniform in its logarithm; the first crop that fits gets a uniform corner. Without one:
// fallback_crop. Order of draws, each try: area, ratio; then top, left.
Rectangle draw_resized_crop(const CropRange& range, const Size& image, core::RandomStream& random);

// The largest part in the image's middle whose ratio is in the range.
Rectangle fallback_crop(const CropRange& range, const Size& image);

// MAE's linear probing (util/crop.py): one try, sides cut down to the image's.
Rectangle draw_one_shot_crop(const CropRange& range, const Size& image, core::RandomStream& random);

// A uniform corner for a crop that fits into the image. Draws top, then left.
Rectangle draw_corner(const Size& crop, const Size& image, core::RandomStream& random);

// The part, scaled to size x size: torchvision's resized_crop. Pixels outside the part count
// nothing.
Image resized_crop(const Image& image, const Rectangle& part, int64_t size, Filter filter);

}  // namespace dyt::pixels
