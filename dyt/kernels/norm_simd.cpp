// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/norm_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/norm-inl.h"
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

std::vector<Implementation<NormForwardProblem>> norm_forward() {
  return on_this_cpu<NormForwardProblem>(
      {DYT_TARGET_ROWS(accepts<NormForwardProblem>, run_norm_forward, "")});
}

std::vector<Implementation<NormBackwardProblem>> norm_backward() {
  return on_this_cpu<NormBackwardProblem>(
      {DYT_TARGET_ROWS(accepts<NormBackwardProblem>, run_norm_backward, "")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
