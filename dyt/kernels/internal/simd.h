// SPDX-License-Identifier: Apache-2.0
// The SIMD implementations: of each kind one for each target that was compiled and that this CPU
// has, the best first. Fast: four functions, not exact; wide: all functions, in fp64.
#pragma once

#include <hwy/base.h>
#include <hwy/detect_targets.h>
#include <hwy/targets.h>

#include <vector>

#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::internal {

std::vector<Implementation<ForwardProblem>> fast_forward();
std::vector<Implementation<BackwardProblem>> fast_backward();
std::vector<Implementation<ForwardProblem>> wide_forward();
std::vector<Implementation<BackwardProblem>> wide_backward();
std::vector<Implementation<NormForwardProblem>> norm_forward();
std::vector<Implementation<NormBackwardProblem>> norm_backward();

// What the fast implementations take.
template <class Problem>
bool is_fast(const Problem& problem) {
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

template <class Problem>
struct TargetRow {
  int64_t target;
  Implementation<Problem> implementation;
};

template <class Problem, size_t kCount>
std::vector<Implementation<Problem>> on_this_cpu(const TargetRow<Problem> (&rows)[kCount]) {
  std::vector<Implementation<Problem>> found;
  for (const TargetRow<Problem>& row : rows) {
    if ((hwy::SupportedTargets() & row.target) != 0) {
      found.push_back(row.implementation);
    }
  }
  return found;
}

// DYT_TARGET_ROWS(accepts, run, suffix): a row for each compiled target whose namespace has `run`.
#if HWY_TARGETS & HWY_AVX3
#define DYT_AVX3_ROW(accepts, run, suffix) {HWY_AVX3, {"avx512" suffix, accepts, N_AVX3::run}},
#else
#define DYT_AVX3_ROW(accepts, run, suffix)
#endif
#if HWY_TARGETS & HWY_AVX2
#define DYT_AVX2_ROW(accepts, run, suffix) {HWY_AVX2, {"avx2" suffix, accepts, N_AVX2::run}},
#else
#define DYT_AVX2_ROW(accepts, run, suffix)
#endif
#if HWY_TARGETS & HWY_SSE4
#define DYT_SSE4_ROW(accepts, run, suffix) {HWY_SSE4, {"sse4" suffix, accepts, N_SSE4::run}},
#else
#define DYT_SSE4_ROW(accepts, run, suffix)
#endif
#if HWY_TARGETS & HWY_NEON
#define DYT_NEON_ROW(accepts, run, suffix) {HWY_NEON, {"neon" suffix, accepts, N_NEON::run}},
#else
#define DYT_NEON_ROW(accepts, run, suffix)
#endif
#define DYT_TARGET_ROWS(accepts, run, suffix) \
  DYT_AVX3_ROW(accepts, run, suffix)          \
  DYT_AVX2_ROW(accepts, run, suffix)          \
  DYT_SSE4_ROW(accepts, run, suffix) DYT_NEON_ROW(accepts, run, suffix)

}  // namespace dyt::kernels::internal
