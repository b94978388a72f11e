// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/pointwise_backward.cuh"

namespace dyt::kernels::cuda {

const PointwiseKernels& backward_kernels_float32() {
  static const PointwiseKernels kernels = backward_kernels<float>(Functions{});
  return kernels;
}

}  // namespace dyt::kernels::cuda
