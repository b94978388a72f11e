#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/pointwise_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/pointwise_backward-inl.h"
#include "dyt/kernels/internal/pointwise_forward-inl.h"
#endif

#if HWY_ONCE

#include "dyt/kernels/internal/simd.h"

namespace dyt::kernels::internal {
namespace {

template <class Problem>
bool accepts(const Problem& problem) {
  switch (problem.function) {
    case Function::kTanh:
    case Function::kErf:
    case Function::kIsru:
    case Function::kLinearClip:
      return problem.dtype != DType::kFloat64 && !problem.exact;
    default:
      return false;
  }
}

}  // namespace

std::vector<Implementation<ForwardProblem>> simd_forward() {
  return on_this_cpu<ForwardProblem>({DYT_TARGET_ROWS(accepts<ForwardProblem>, run_forward, "")});
}

std::vector<Implementation<BackwardProblem>> simd_backward() {
  return on_this_cpu<BackwardProblem>(
      {DYT_TARGET_ROWS(accepts<BackwardProblem>, run_backward, "")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
