// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/image_grid.h"

#include <ATen/ops/full.h>

#include <sstream>

#include "dyt/core/error.h"

namespace dyt::data {
namespace {

void check(const at::Tensor& images, const GridOptions& options) {
  const bool pictures = images.dim() == 4 && images.scalar_type() == at::kByte &&
                        images.numel() > 0 && (images.size(1) == 1 || images.size(1) == 3);
  if (!pictures) {
    std::ostringstream found;
    found << images.toString() << " " << images.sizes();
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a grid of pictures needs pictures",
                       .expected = "uint8 (N, C, H, W), C 1 or 3, at least one picture",
                       .found = found.str()});
  }
  if (options.columns < 0 || options.gap < 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a grid of pictures with less than no columns or gap"});
  }
}

int64_t near_square(int64_t count) {
  int64_t columns = 1;
  while (columns * columns < count) {
    ++columns;
  }
  return columns;
}

}  // namespace

at::Tensor image_grid(const at::Tensor& images, const GridOptions& options) {
  check(images, options);
  const int64_t N = images.size(0), C = images.size(1), H = images.size(2), W = images.size(3);
  const int64_t columns = options.columns > 0 ? options.columns : near_square(N);
  const int64_t rows = (N + columns - 1) / columns;
  const int64_t gap = options.gap;
  const at::Tensor grid = at::full({rows * (H + gap) + gap, columns * (W + gap) + gap, C},
                                   static_cast<int64_t>(options.background), at::kByte);
  const at::Tensor channels_last = images.to(at::kCPU).permute({0, 2, 3, 1});
  for (int64_t i = 0; i < N; ++i) {
    const int64_t top = i / columns * (H + gap) + gap, left = i % columns * (W + gap) + gap;
    grid.slice(0, top, top + H).slice(1, left, left + W).copy_(channels_last[i]);
  }
  return grid;
}

}  // namespace dyt::data
