// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/random_crop.h"

#include <algorithm>
#include <cmath>

namespace dyt::pixels {
namespace {

constexpr int kTries = 10;

int64_t rounded(double value) { return static_cast<int64_t>(std::nearbyint(value)); }

Size draw_size(const CropRange& range, const Size& image, core::RandomStream& random) {
  const double share = random.uniform(range.min_area, range.max_area);
  const double ratio =
      std::exp(random.uniform(std::log(range.min_ratio), std::log(range.max_ratio)));
  return crop_size(image, share, ratio);
}

}  // namespace

Size crop_size(const Size& image, double area_share, double ratio) {
  const double area = area_share * static_cast<double>(image.height * image.width);
  return {.height = rounded(std::sqrt(area / ratio)), .width = rounded(std::sqrt(area * ratio))};
}

Rectangle draw_resized_crop(const CropRange& range, const Size& image, core::RandomStream& random) {
  for (int i = 0; i < kTries; ++i) {
    const Size size = draw_size(range, image, random);
    if (size.width >= 1 && size.width <= image.width && size.height >= 1 &&
        size.height <= image.height) {
      return draw_corner(size, image, random);
    }
  }
  return fallback_crop(range, image);
}

Rectangle fallback_crop(const CropRange& range, const Size& image) {
  const double ratio = static_cast<double>(image.width) / static_cast<double>(image.height);
  Size size = image;
  if (ratio < range.min_ratio) {
    size.height = rounded(static_cast<double>(size.width) / range.min_ratio);
  } else if (ratio > range.max_ratio) {
    size.width = rounded(static_cast<double>(size.height) * range.max_ratio);
  }
  return {.top = (image.height - size.height) / 2,
          .left = (image.width - size.width) / 2,
          .height = size.height,
          .width = size.width};
}

Rectangle draw_one_shot_crop(const CropRange& range, const Size& image,
                             core::RandomStream& random) {
  const Size size = draw_size(range, image, random);
  return draw_corner({.height = std::clamp<int64_t>(size.height, 1, image.height),
                      .width = std::clamp<int64_t>(size.width, 1, image.width)},
                     image, random);
}

Rectangle draw_corner(const Size& crop, const Size& image, core::RandomStream& random) {
  Rectangle part{.height = crop.height, .width = crop.width};
  part.top =
      static_cast<int64_t>(random.below(static_cast<uint64_t>(image.height - crop.height + 1)));
  part.left =
      static_cast<int64_t>(random.below(static_cast<uint64_t>(image.width - crop.width + 1)));
  return part;
}

Image resized_crop(const Image& image, const Rectangle& part, int64_t size, Filter filter) {
  return resize(crop(image, part), {.height = size, .width = size}, filter);
}

}  // namespace dyt::pixels
