// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/finish.h"
#include "dyt/kernels/cuda/internal/tables.h"

namespace dyt::kernels::cuda {

template <class A>
__global__ void __launch_bounds__(kBlock)
    finish(const __grid_constant__ FinishArguments arguments) {
  __shared__ double shared[kBlock];
  finish_thread<A>(arguments, Machine{}, shared);
}

Kernel finish_kernel(bool in_double) {
  return in_double ? reinterpret_cast<Kernel>(&finish<double>)
                   : reinterpret_cast<Kernel>(&finish<float>);
}

}  // namespace dyt::kernels::cuda
