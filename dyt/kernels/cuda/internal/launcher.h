// SPDX-License-Identifier: Apache-2.0
// Queues kernels on a stream, with the CUDA runtime's answers in words.
#pragma once

#include "dyt/kernels/cuda/cuda.h"
#include "dyt/kernels/cuda/internal/tables.h"

namespace dyt::kernels::cuda {

struct Grid {
  int64_t x = 1, y = 1;
  int threads = 1;
};

// Of the current device.
Status multiprocessors_of_device(int& multiprocessors);

Status launch_kernel(Kernel kernel, const Grid& grid, const void* arguments, const char* what,
                     const Launch& launch);

// Whether the workspace is there and large enough.
Status check_workspace(int64_t needed, const Launch& launch);

}  // namespace dyt::kernels::cuda
