// SPDX-License-Identifier: Apache-2.0
// The four fast functions for a problem's type. Included once per SIMD target, by forward and
// backward in files of their own, which compile side by side.
#if defined(DYT_KERNELS_POINTWISE_FAST_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_POINTWISE_FAST_INL_H_
#undef DYT_KERNELS_POINTWISE_FAST_INL_H_
#else
#define DYT_KERNELS_POINTWISE_FAST_INL_H_
#endif

#include "dyt/kernels/internal/pointwise_types-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

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

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_POINTWISE_FAST_INL_H_
