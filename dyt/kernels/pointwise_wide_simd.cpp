// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/pointwise_wide_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/pointwise_types-inl.h"
#include "dyt/kernels/internal/wide_functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace {

void run_wide_forward(const ForwardProblem& problem, const ParallelFor& parallel_for) {
  with_portable_storage(problem.dtype, [&](auto storage) {
    forward_typed<decltype(storage)>(problem, wide_function(problem.function), parallel_for);
  });
}

void run_wide_backward(const BackwardProblem& problem, const ParallelFor& parallel_for) {
  with_portable_storage(problem.dtype, [&](auto storage) {
    backward_typed<decltype(storage)>(problem, wide_function(problem.function), parallel_for);
  });
}

}  // namespace
}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE

#include "dyt/kernels/internal/simd.h"

namespace dyt::kernels::internal {
namespace {

template <class Problem>
bool accepts(const Problem& problem) {
  return problem.dtype != DType::kFloat64;
}

}  // namespace

std::vector<Implementation<ForwardProblem>> wide_forward() {
  return on_this_cpu<ForwardProblem>(
      {DYT_TARGET_ROWS(accepts<ForwardProblem>, run_wide_forward, "-wide")});
}

std::vector<Implementation<BackwardProblem>> wide_backward() {
  return on_this_cpu<BackwardProblem>(
      {DYT_TARGET_ROWS(accepts<BackwardProblem>, run_wide_backward, "-wide")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
