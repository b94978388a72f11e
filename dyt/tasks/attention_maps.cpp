// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/attention_maps.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <cmath>

#include "dyt/data/image_grid.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kMaxHeads = 6;

// (B, h, L) -> 8-bit maps of the images' size (B, h, H, W).
at::Tensor maps_of(const at::Tensor& looked_at, int64_t height, int64_t width) {
  const auto side = std::llround(std::sqrt(static_cast<double>(looked_at.size(2))));
  const at::Tensor share = looked_at / looked_at.amax(-1, /*keepdim=*/true).clamp_min(1e-12);
  const at::Tensor maps = at::upsample_nearest2d(share.unflatten(-1, {side, side}).contiguous(),
                                                 at::IntArrayRef{height, width});
  return (maps * 255).round().to(at::kByte);
}

}  // namespace

train::Picture attention_picture(const at::Tensor& pixels, const at::Tensor& weights,
                                 Looker looker) {
  const int64_t heads = std::min(kMaxHeads, weights.size(1));
  const at::Tensor to_patches = weights.slice(1, 0, heads).slice(-1, 1).to(at::kCPU, at::kFloat);
  const bool by_class = looker == Looker::kClassToken;
  const at::Tensor looked_at =
      by_class ? to_patches.select(2, 0) : to_patches.slice(2, 1).mean(2);  // (B, h, L)
  const at::Tensor maps = maps_of(looked_at, pixels.size(2), pixels.size(3));
  std::vector<at::Tensor> cells;
  for (int64_t image = 0; image < pixels.size(0); ++image) {
    cells.push_back(pixels.slice(0, image, image + 1));
    cells.push_back(maps[image].unsqueeze(1).expand({-1, pixels.size(1), -1, -1}));
  }
  return {.name = "attention",
          .caption = std::string("Test images, and where ") +
                     (by_class ? "the class token" : "the mean patch") +
                     " of the last block looks, head by head",
          .pixels = data::image_grid(at::cat(cells), {.columns = heads + 1})};
}

}  // namespace dyt::tasks
