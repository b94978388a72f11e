// SPDX-License-Identifier: Apache-2.0
// The Solver of PointwiseBackend and NormBackend for the CPU, on LibTorch's threads.
#pragma once

#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops::internal {

struct CpuSolver {
  template <class Problem>
  static void forward(const Problem& problem, const at::Tensor&) {
    kernels::forward(problem, at_parallel_for());
  }
  template <class Problem>
  static void backward(const Problem& problem, const at::Tensor&) {
    kernels::backward(problem, at_parallel_for());
  }
};

}  // namespace dyt::ops::internal
