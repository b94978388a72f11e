// SPDX-License-Identifier: Apache-2.0
// Tables of kernels, one entry a function: written in the .cu files, read by the host code that
// launches, with no header of CUDA between them.
#pragma once

#include <array>

#include "dyt/kernels/cuda/internal/more_functions.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::cuda {

// The form of F for arrays of T.
template <class T, bool kExact, class F>
constexpr Precision precision_of() {
  if (sizeof(T) == 8) {
    return Precision::kDouble;
  }
  return sizeof(T) == 2 && F::kHasFast && !kExact ? Precision::kFast : Precision::kSingle;
}

// What a launch takes: the address of a kernel.
using Kernel = const void*;

// One entry a function; `exact` differs from `usual` for 16-bit types only.
struct KernelsByFunction {
  std::array<Kernel, Functions::kCount> usual, exact;
};

// With 16-byte accesses, and without.
struct PointwiseKernels {
  KernelsByFunction whole, scattered;
};

const PointwiseKernels& forward_kernels_float32();
const PointwiseKernels& forward_kernels_float64();
const PointwiseKernels& forward_kernels_bfloat16();
const PointwiseKernels& forward_kernels_float16();
const PointwiseKernels& backward_kernels_float32();
const PointwiseKernels& backward_kernels_float64();
const PointwiseKernels& backward_kernels_bfloat16();
const PointwiseKernels& backward_kernels_float16();

Kernel norm_forward_kernel(DType dtype, bool whole);
Kernel norm_backward_kernel(DType dtype, bool whole);
Kernel finish_kernel(bool in_double);

}  // namespace dyt::kernels::cuda
