// SPDX-License-Identifier: Apache-2.0
// Kernels of the point-wise forward for one type: included by one small .cu file a type, so that
// they compile side by side.
#pragma once

#include "dyt/kernels/cuda/internal/pointwise_forward.h"
#include "dyt/kernels/cuda/internal/tables.h"

namespace dyt::kernels::cuda {

template <class F, class T, Precision P, bool kWhole>
__global__ void __launch_bounds__(kBlock, kWhole ? kForwardBlocks : 2)
    pointwise_forward(const __grid_constant__ ForwardArguments arguments) {
  forward_thread<F, T, P, kWhole>(arguments, Machine{});
}

// In a function of its own: nvcc does not expand packs of kernels' addresses.
template <class F, class T, bool kExact, bool kWhole>
Kernel forward_kernel() {
  return reinterpret_cast<Kernel>(&pointwise_forward<F, T, precision_of<T, kExact, F>(), kWhole>);
}

template <class T, class... F>
PointwiseKernels forward_kernels(FunctionList<F...>) {
  return {
      .whole = {{forward_kernel<F, T, false, true>()...}, {forward_kernel<F, T, true, true>()...}},
      .scattered = {{forward_kernel<F, T, false, false>()...},
                    {forward_kernel<F, T, true, false>()...}}};
}

}  // namespace dyt::kernels::cuda
