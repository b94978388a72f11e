#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/kernels/pointwise_simd.cpp"
#include <hwy/foreach_target.h>
#if HWY_TARGET != HWY_SCALAR  // there the reference does it
#include "dyt/kernels/internal/pointwise_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace {

template <class F, class Problem>
void run_function(const Problem& problem, const ParallelFor& parallel_for) {
  with_storage(problem.dtype, [&](auto storage) {
    using T = decltype(storage);
    // Full accuracy for fp32, as much as is needed for 16 bits.
    using Precise = std::conditional_t<std::is_same_v<T, float>, F, Short<F, NumberOf<T>>>;
    if constexpr (std::is_same_v<Problem, ForwardProblem>) {
      forward_typed<T>(problem, Precise(), parallel_for);
    } else {
      backward_typed<T>(problem, Precise(), parallel_for);
    }
  });
}

template <class Problem>
void run_fast(const Problem& problem, const ParallelFor& parallel_for) {
  switch (problem.function) {
    case Function::kErf:
      return run_function<Erf>(problem, parallel_for);
    case Function::kIsru:
      return run_function<Isru>(problem, parallel_for);
    case Function::kLinearClip:
      return run_function<LinearClip>(problem, parallel_for);
    default:
      return run_function<Tanh>(problem, parallel_for);
  }
}

void run_forward(const ForwardProblem& problem, const ParallelFor& parallel_for) {
  run_fast(problem, parallel_for);
}

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

std::vector<Implementation<ForwardProblem>> fast_forward() {
  return on_this_cpu<ForwardProblem>({DYT_TARGET_ROWS(accepts<ForwardProblem>, run_forward, "")});
}

std::vector<Implementation<BackwardProblem>> fast_backward() {
  return on_this_cpu<BackwardProblem>(
      {DYT_TARGET_ROWS(accepts<BackwardProblem>, run_backward, "")});
}

}  // namespace dyt::kernels::internal

#endif  // HWY_ONCE
