// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/pointwise_forward_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/pointwise_fast-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace {

void run_forward(const ForwardProblem& problem, const ParallelFor& parallel_for) {
  run_fast(problem, parallel_for);
}

}  // namespace
}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE

#include "dyt/kernels/internal/simd.h"

namespace dyt::kernels::internal {

std::vector<Implementation<ForwardProblem>> fast_forward() {
  return on_this_cpu<ForwardProblem>({DYT_TARGET_ROWS(is_fast<ForwardProblem>, run_forward, "")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
