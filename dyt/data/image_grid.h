// SPDX-License-Identifier: Apache-2.0
// Several small pictures side by side in one, for a PNG file.
//
//   const at::Tensor grid = image_grid(samples);   // uint8 (N, C, H, W) -> (height, width, C)
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyt::data {

struct GridOptions {
  int64_t columns = 0;       // 0: the smallest number whose square holds all pictures
  int64_t gap = 2;           // pixels between pictures and around all of them
  uint8_t background = 255;  // of the gaps and of places without a picture
};

// images: uint8 (N, C, H, W), C 1 or 3, on any device, row by row from the top left. Result: uint8
// on the CPU, contiguous (height, width, C), as a PNG writer takes it: height = rows * (H + gap) +
// gap, width likewise. Error(kUsage) without pictures, on another type or number of channels.
at::Tensor image_grid(const at::Tensor& images, const GridOptions& options = {});

}  // namespace dyt::data
