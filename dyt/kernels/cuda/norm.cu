// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/norm_backward.h"
#include "dyt/kernels/cuda/internal/norm_forward.h"
#include "dyt/kernels/cuda/internal/tables.h"
#include "dyt/kernels/internal/storage.h"

namespace dyt::kernels::cuda {

template <class T, bool kWhole>
__global__ void __launch_bounds__(kMaxLanes)
    norm_forward(const __grid_constant__ NormForwardArguments arguments) {
  __shared__ Arithmetic<T> shared[kTeamWords];
  norm_forward_thread<T, kWhole>(arguments, Machine{}, shared);
}

template <class T, bool kWhole>
__global__ void __launch_bounds__(kMaxLanes)
    norm_backward(const __grid_constant__ NormBackwardArguments arguments) {
  __shared__ Arithmetic<T> shared[kMaxLanes * kVector<T>];
  norm_backward_thread<T, kWhole>(arguments, Machine{}, shared);
}

template <class T, bool kWhole>
Kernel forward_of() {
  return reinterpret_cast<Kernel>(&norm_forward<T, kWhole>);
}

template <class T, bool kWhole>
Kernel backward_of() {
  return reinterpret_cast<Kernel>(&norm_backward<T, kWhole>);
}

Kernel norm_forward_kernel(DType dtype, bool whole) {
  return internal::with_type(dtype, [whole](auto type) {
    return whole ? forward_of<decltype(type), true>() : forward_of<decltype(type), false>();
  });
}

Kernel norm_backward_kernel(DType dtype, bool whole) {
  return internal::with_type(dtype, [whole](auto type) {
    return whole ? backward_of<decltype(type), true>() : backward_of<decltype(type), false>();
  });
}

}  // namespace dyt::kernels::cuda
