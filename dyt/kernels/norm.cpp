// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/norm.h"

#include "dyt/kernels/internal/run_first.h"
#include "dyt/kernels/internal/simd.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels {

std::span<const Implementation<NormForwardProblem>> norm_forward_implementations() {
  static const auto list =
      internal::and_reference<NormForwardProblem>({internal::norm_forward()}, forward_reference);
  return list;
}

std::span<const Implementation<NormBackwardProblem>> norm_backward_implementations() {
  static const auto list =
      internal::and_reference<NormBackwardProblem>({internal::norm_backward()}, backward_reference);
  return list;
}

void forward(const NormForwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(norm_forward_implementations(), problem, parallel_for);
}

void backward(const NormBackwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(norm_backward_implementations(), problem, parallel_for);
}

}  // namespace dyt::kernels
