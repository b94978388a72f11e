// A learned position table for another grid of patches.
//
//   at::Tensor larger = resample_positions(pos_embed, 24);   // (1, 1+14*14, D) -> (1, 1+24*24, D)
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::models {

// timm's rule: the class entry is copied, the grid (L, D) -> (D, g, g) is resized by the bicubic
// kernel (a = -0.5) with antialiasing, corners not aligned, in float32 whatever the table's type;
// the result has the table's type. A table of that side already is returned as it is. Error(kUsage)
// if the table is not (1, 1 + g*g, D) or grid_side < 1.
at::Tensor resample_positions(const at::Tensor& pos_embed, int64_t grid_side);

}  // namespace dyt::models
