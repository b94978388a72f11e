// SPDX-License-Identifier: Apache-2.0
// Kernels of the point-wise backward for one type: included by one small .cu file a type, so that
// they compile side by side.
#pragma once

#include "dyt/kernels/cuda/internal/pointwise_backward.h"
#include "dyt/kernels/cuda/internal/tables.h"

namespace dyt::kernels::cuda {

template <class F, class T, Precision P, bool kWhole>
__global__ void __launch_bounds__(kBlock, kBackwardBlocks)
    pointwise_backward(const __grid_constant__ BackwardArguments arguments) {
  __shared__ Arithmetic<T> shared[kBlock * kVector<T>];
  backward_thread<F, T, P, kWhole>(arguments, Machine{}, shared);
}

// In a function of its own: nvcc does not expand packs of kernels' addresses.
template <class F, class T, bool kExact, bool kWhole>
Kernel backward_kernel() {
  return reinterpret_cast<Kernel>(&pointwise_backward<F, T, precision_of<T, kExact, F>(), kWhole>);
}

template <class T, class... F>
PointwiseKernels backward_kernels(FunctionList<F...>) {
  return {.whole = {{backward_kernel<F, T, false, true>()...},
                    {backward_kernel<F, T, true, true>()...}},
          .scattered = {{backward_kernel<F, T, false, false>()...},
                        {backward_kernel<F, T, true, false>()...}}};
}

}  // namespace dyt::kernels::cuda
