// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/pointwise_backward.cuh"

namespace dyt::kernels::cuda {

const PointwiseKernels& backward_kernels_float16() {
  static const PointwiseKernels kernels = backward_kernels<Float16>(Functions{});
  return kernels;
}

}  // namespace dyt::kernels::cuda
