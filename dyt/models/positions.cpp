#include "dyt/models/positions.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/cat.h>

#include <cmath>
#include <sstream>

#include "dyt/core/error.h"

namespace dyt::models {
namespace {

// The side of the table's grid, 0 if it is no table of a square grid and one class entry.
int64_t grid_side_of(const at::Tensor& pos_embed) {
  if (pos_embed.dim() != 3 || pos_embed.size(0) != 1 || pos_embed.size(1) < 2) {
    return 0;
  }
  const int64_t patches = pos_embed.size(1) - 1;
  const auto side = static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(patches))));
  return side * side == patches ? side : 0;
}

}  // namespace

at::Tensor resample_positions(const at::Tensor& pos_embed, int64_t grid_side) {
  const int64_t old_side = grid_side_of(pos_embed);
  if (old_side == 0 || grid_side < 1) {
    std::ostringstream found;
    found << pos_embed.sizes() << " to a side of " << grid_side;
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a position table that cannot be resampled",
                       .expected = "(1, 1 + g*g, D) to a side of at least 1",
                       .found = found.str()});
  }
  if (old_side == grid_side) {
    return pos_embed;
  }
  const int64_t D = pos_embed.size(2);
  const at::Tensor grid = pos_embed.slice(1, 1)
                              .to(at::kFloat)
                              .reshape({1, old_side, old_side, D})
                              .permute({0, 3, 1, 2});
  const at::Tensor resized =
      at::_upsample_bicubic2d_aa(grid, {grid_side, grid_side}, /*align_corners=*/false);
  const at::Tensor rows = resized.permute({0, 2, 3, 1}).reshape({1, grid_side * grid_side, D});
  return at::cat({pos_embed.slice(1, 0, 1), rows.to(pos_embed.scalar_type())}, 1);
}

}  // namespace dyt::models
