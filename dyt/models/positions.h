// SPDX-License-Identifier: Apache-2.0
// Position tables: a learned one for another grid of patches, by each of the three rules that
// checkpoints were made with, and the fixed one of sines and cosines.
//
//   at::Tensor larger = resample_positions(pos_embed, 24);   // (1, 1+14*14, D) -> (1, 1+24*24, D)
//
// All rules copy the class entry and resize the grid (L, D) -> (D, g, g) with corners not aligned;
// a table of the wanted grid already is returned as it is. Error(kUsage) if the table is not
// (1, 1 + g*g, D) or a wanted side is below 1.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::models {

// timm's rule (1.0.15, when a checkpoint is loaded): bicubic, a = -0.5, with antialiasing, in
// float32 whatever the table's type; the result has the table's type.
at::Tensor resample_positions(const at::Tensor& pos_embed, int64_t grid_side);

// MAE's rule (when a checkpoint is loaded for fine-tuning): bicubic, a = -0.75, four taps, the edge
// repeated; output o is taken at (g_old / g_new) (o + 1/2) - 1/2.
at::Tensor resample_positions_mae(const at::Tensor& pos_embed, int64_t grid_side);

// DINO's rule (in every forward of images of another size): as MAE's, but at
// (g_old / (g_new + 0.1)) (o + 1/2) - 1/2, rows and columns each by their own side. Gradients reach
// the table.
at::Tensor resample_positions_dino(const at::Tensor& pos_embed, int64_t rows, int64_t columns);

// The fixed table of MAE and DiT, (1, [1 +] g*g, D) in float32, computed in float64. The cell at
// row r and column c of the grid has, with q = D/4 and omega_k = 10000^(-k/q), k = 0 .. q-1,
//   [ sin(c omega) | cos(c omega) | sin(r omega) | cos(r omega) ]
// A class entry of zeros stands first if `class_entry`. Error(kUsage) unless 4 divides D.
at::Tensor sincos_positions(int64_t dim, int64_t grid_side, bool class_entry);

}  // namespace dyt::models
