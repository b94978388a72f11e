// SPDX-License-Identifier: Apache-2.0
// From a norm's problem to what its kernels take. See arguments.h.
#pragma once

#include "dyt/kernels/cuda/internal/arguments.h"
#include "dyt/kernels/cuda/internal/norm_backward.h"
#include "dyt/kernels/cuda/internal/norm_forward.h"

namespace dyt::kernels::cuda {

inline bool is_whole(const NormWalk& walk, const NormForwardProblem& problem) {
  return walk.together && aligned(problem.input, problem.output, problem.residual, problem.sum,
                                  problem.weight, problem.bias);
}

inline bool is_whole(const NormWalk& walk, const NormBackwardProblem& problem) {
  return walk.together && aligned(problem.input, problem.grad_output, problem.grad_input,
                                  problem.grad_sum, problem.weight);
}

// Bytes of a backward's partial sums, weight and bias: (groups, channels) each.
constexpr int64_t partial_bytes(const NormWalk& walk, DType dtype) {
  return 2 * walk.groups * walk.channels * (dtype == DType::kFloat64 ? 8 : 4);
}

inline NormForwardArguments arguments_of(const NormForwardProblem& problem, const NormWalk& walk) {
  return {.walk = walk,
          .rms = problem.kind == NormKind::kRmsNorm,
          .parameter_type = problem.parameter_dtype.value_or(problem.dtype),
          .eps = problem.eps,
          .input = problem.input,
          .residual = problem.residual,
          .weight = problem.weight,
          .bias = problem.bias,
          .sum = problem.sum,
          .output = problem.output,
          .mean = problem.mean,
          .rstd = problem.rstd};
}

inline NormBackwardArguments arguments_of(const NormBackwardProblem& problem, const NormWalk& walk,
                                          void* workspace) {
  const int64_t bytes = partial_bytes(walk, problem.dtype) / 2;
  return {.walk = walk,
          .rms = problem.kind == NormKind::kRmsNorm,
          .parameter_type = problem.parameter_dtype.value_or(problem.dtype),
          .grad_output = problem.grad_output,
          .input = problem.input,
          .grad_sum = problem.grad_sum,
          .weight = problem.weight,
          .mean = problem.mean,
          .rstd = problem.rstd,
          .grad_input = problem.grad_input,
          .partial_weight = workspace,
          .partial_bias = static_cast<char*>(workspace) + bytes};
}

inline FinishArguments finish_of(const NormBackwardProblem& problem,
                                 const NormBackwardArguments& sums) {
  return {.channels = sums.walk.channels,
          .groups = sums.walk.groups,
          .parameter_type = sums.parameter_type,
          .partial_weight = sums.partial_weight,
          .partial_bias = sums.partial_bias,
          .grad_weight = problem.grad_weight,
          .grad_bias = problem.grad_bias};
}

constexpr bool wants_sums(const NormBackwardProblem& problem) {
  return problem.grad_weight != nullptr || problem.grad_bias != nullptr;
}

}  // namespace dyt::kernels::cuda
