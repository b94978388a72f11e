// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/pointwise.h"

#include "dyt/kernels/internal/run_first.h"
#include "dyt/kernels/internal/simd.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels {

std::span<const Implementation<ForwardProblem>> forward_implementations() {
  static const auto list = internal::and_reference<ForwardProblem>(
      {internal::fast_forward(), internal::wide_forward()}, forward_reference);
  return list;
}

std::span<const Implementation<BackwardProblem>> backward_implementations() {
  static const auto list = internal::and_reference<BackwardProblem>(
      {internal::fast_backward(), internal::wide_backward()}, backward_reference);
  return list;
}

void forward(const ForwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(forward_implementations(), problem, parallel_for);
}

void backward(const BackwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(backward_implementations(), problem, parallel_for);
}

}  // namespace dyt::kernels
