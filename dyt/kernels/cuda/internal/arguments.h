// SPDX-License-Identifier: Apache-2.0
// From a problem to what its kernels take: walk, pointers, workspace. Shared by the launches and
// the tests' emulation.
#pragma once

#include <string_view>

#include "dyt/kernels/cuda/internal/finish.h"
#include "dyt/kernels/cuda/internal/more_functions.h"
#include "dyt/kernels/cuda/internal/pointwise_backward.h"
#include "dyt/kernels/cuda/internal/pointwise_forward.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::cuda {

// All arrays on 16-byte boundaries; a null one does not count.
template <class... Pointers>
bool aligned(const Pointers*... arrays) {
  return ((reinterpret_cast<uintptr_t>(arrays) % 16 == 0) && ...);
}

inline bool is_whole(const Walk& walk, const ForwardProblem& problem) {
  return walk.together && aligned(problem.input, problem.output, problem.residual, problem.sum);
}

inline bool is_whole(const Walk& walk, const BackwardProblem& problem) {
  return walk.together &&
         aligned(problem.input, problem.grad_output, problem.grad_input, problem.grad_sum);
}

// Bytes of a backward's partial sums: weight and bias (groups, channels), alpha and shift (blocks).
constexpr int64_t partial_bytes(const Walk& walk, DType dtype) {
  const int64_t size = dtype == DType::kFloat64 ? 8 : 4;
  return 2 * (walk.groups * walk.channels + blocks_of(walk)) * size;
}

inline ForwardArguments arguments_of(const ForwardProblem& problem, const Walk& walk) {
  return {.walk = walk,
          .parameter_type = parameter_type(problem),
          .input = problem.input,
          .residual = problem.residual,
          .alpha = problem.parameters.alpha,
          .shift = problem.parameters.shift,
          .weight = problem.parameters.weight,
          .bias = problem.parameters.bias,
          .sum = problem.sum,
          .output = problem.output};
}

inline BackwardArguments arguments_of(const BackwardProblem& problem, const Walk& walk,
                                      void* workspace) {
  const int64_t size = problem.dtype == DType::kFloat64 ? 8 : 4;
  char* const weight = static_cast<char*>(workspace);
  char* const bias = weight + walk.groups * walk.channels * size;
  char* const alpha = bias + walk.groups * walk.channels * size;
  return {.walk = walk,
          .parameter_type = parameter_type(problem),
          .grad_output = problem.grad_output,
          .input = problem.input,
          .grad_sum = problem.grad_sum,
          .alpha = problem.parameters.alpha,
          .shift = problem.parameters.shift,
          .weight = problem.parameters.weight,
          .grad_input = problem.grad_input,
          .partial_weight = weight,
          .partial_bias = bias,
          .partial_alpha = alpha,
          .partial_shift = alpha + blocks_of(walk) * size};
}

inline FinishArguments finish_of(const BackwardProblem& problem, const BackwardArguments& sums) {
  return {.channels = sums.walk.channels,
          .groups = sums.walk.groups,
          .blocks = blocks_of(sums.walk),
          .parameter_type = sums.parameter_type,
          .partial_weight = sums.partial_weight,
          .partial_bias = sums.partial_bias,
          .partial_alpha = sums.partial_alpha,
          .partial_shift = sums.partial_shift,
          .grad_weight = problem.grad_weight,
          .grad_bias = problem.grad_bias,
          .grad_alpha = problem.grad_alpha,
          .grad_shift = problem.grad_shift};
}

constexpr bool wants_sums(const BackwardProblem& problem) {
  return problem.grad_weight != nullptr || problem.grad_bias != nullptr ||
         problem.grad_alpha != nullptr || problem.grad_shift != nullptr;
}

// The number of a function in the list of kernels, by its name in kernels/functions.h; -1 if it has
// none.
template <class... F>
constexpr int index_of(std::string_view name, FunctionList<F...>) {
  int index = -1, n = 0;
  ((index = F::kName == name ? n : index, ++n), ...);
  return index;
}

constexpr std::string_view name_of(Function function) {
  for (const FunctionRow& row : kFunctions) {
    if (row.function == function) {
      return row.name;
    }
  }
  return {};
}

}  // namespace dyt::kernels::cuda
