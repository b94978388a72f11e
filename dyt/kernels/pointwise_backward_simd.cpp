// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/pointwise_backward_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/pointwise_fast-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace {

void run_backward(const BackwardProblem& problem, const ParallelFor& parallel_for) {
  run_fast(problem, parallel_for);
}

}  // namespace
}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE

#include "dyt/kernels/internal/simd.h"

namespace dyt::kernels::internal {

std::vector<Implementation<BackwardProblem>> fast_backward() {
  return on_this_cpu<BackwardProblem>(
      {DYT_TARGET_ROWS(is_fast<BackwardProblem>, run_backward, "")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
