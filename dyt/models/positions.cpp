// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/positions.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
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

// Hands the grid, (1, D, g, g), to `resize`, which gives (1, D, rows, columns).
template <class Resize>
at::Tensor resample(const at::Tensor& pos_embed, int64_t rows, int64_t columns,
                    const Resize& resize) {
  const int64_t old_side = grid_side_of(pos_embed);
  if (old_side == 0 || rows < 1 || columns < 1) {
    std::ostringstream found;
    found << pos_embed.sizes() << " to a side of " << std::min(rows, columns);
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a position table that cannot be resampled",
                       .expected = "(1, 1 + g*g, D) to a side of at least 1",
                       .found = found.str()});
  }
  if (old_side == rows && old_side == columns) {
    return pos_embed;
  }
  const int64_t D = pos_embed.size(2);
  const at::Tensor grid =
      pos_embed.slice(1, 1).reshape({1, old_side, old_side, D}).permute({0, 3, 1, 2});
  const at::Tensor patches =
      resize(grid, old_side).permute({0, 2, 3, 1}).reshape({1, rows * columns, D});
  return at::cat({pos_embed.slice(1, 0, 1), patches}, 1);
}

constexpr bool kAlignCorners = false;

}  // namespace

at::Tensor resample_positions(const at::Tensor& pos_embed, int64_t grid_side) {
  return resample(pos_embed, grid_side, grid_side, [&](const at::Tensor& grid, int64_t) {
    return at::_upsample_bicubic2d_aa(grid.to(at::kFloat), {grid_side, grid_side}, kAlignCorners)
        .to(pos_embed.scalar_type());
  });
}

at::Tensor resample_positions_mae(const at::Tensor& pos_embed, int64_t grid_side) {
  return resample(pos_embed, grid_side, grid_side, [&](const at::Tensor& grid, int64_t) {
    return at::upsample_bicubic2d(grid, {grid_side, grid_side}, kAlignCorners);
  });
}

at::Tensor resample_positions_dino(const at::Tensor& pos_embed, int64_t rows, int64_t columns) {
  // Upstream adds it so that a floor finds the side again, and steps by it too.
  constexpr double kExtra = 0.1;
  return resample(pos_embed, rows, columns, [&](const at::Tensor& grid, int64_t old_side) {
    const auto scale = [&](int64_t side) {
      return (static_cast<double>(side) + kExtra) / static_cast<double>(old_side);
    };
    return at::upsample_bicubic2d(grid, {rows, columns}, kAlignCorners, scale(rows),
                                  scale(columns));
  });
}

at::Tensor sincos_positions(int64_t dim, int64_t grid_side, bool class_entry) {
  if (dim < 4 || dim % 4 != 0 || grid_side < 1) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "no table of sines and cosines has this width and grid",
                       .expected = "a width divisible by 4, a side of at least 1",
                       .found = std::to_string(dim) + ", " + std::to_string(grid_side)});
  }
  const int64_t quarter = dim / 4, g = grid_side;
  const at::Tensor exponent = at::arange(quarter, at::kDouble) / static_cast<double>(quarter);
  const at::Tensor omega = at::pow(10000.0, exponent).reciprocal();
  const at::Tensor angle = at::arange(g, at::kDouble).unsqueeze(1) * omega;  // (g, D/4)
  const at::Tensor half = at::cat({angle.sin(), angle.cos()}, 1);            // (g, D/2)
  const at::Tensor column = half.unsqueeze(0).expand({g, g, 2 * quarter});   // by its second
  const at::Tensor row = half.unsqueeze(1).expand({g, g, 2 * quarter});      // by its first
  const at::Tensor grid = at::cat({column, row}, 2).reshape({1, g * g, dim}).to(at::kFloat);
  return class_entry ? at::cat({at::zeros({1, 1, dim}, at::kFloat), grid}, 1) : grid;
}

}  // namespace dyt::models
