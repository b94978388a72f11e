// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/pointwise_forward.cuh"

namespace dyt::kernels::cuda {

const PointwiseKernels& forward_kernels_float32() {
  static const PointwiseKernels kernels = forward_kernels<float>(Functions{});
  return kernels;
}

}  // namespace dyt::kernels::cuda
