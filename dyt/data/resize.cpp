// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/resize.h"

#include <algorithm>
#include <cmath>

#include "dyt/pixels/resample.h"

namespace dyt::data {
namespace {

// Of a side of `from` pixels that is scaled to `to`: where the middle `size` of those lie.
struct CropPart {
  float begin = 0, end = 0;
};

CropPart middle(int64_t from, int64_t to, int64_t size) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const double begin = std::nearbyint(static_cast<double>(to - size) / 2) * ratio;
  const double end = std::min(begin + static_cast<double>(size) * ratio, static_cast<double>(from));
  return {static_cast<float>(begin), static_cast<float>(end)};
}

}  // namespace

formats::Image resize_crop(const formats::Image& image, int64_t size) {
  const int64_t shorter = std::min(image.height, image.width);
  const auto part = [&](int64_t side) { return middle(side, size * side / shorter, size); };
  const CropPart down = part(image.height), right = part(image.width);
  return pixels::resize(image, {.height = size, .width = size}, pixels::Filter::kBilinear,
                        pixels::Box{right.begin, down.begin, right.end, down.end});
}

}  // namespace dyt::data
