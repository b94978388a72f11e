// SPDX-License-Identifier: Apache-2.0
// Arguments of the C interface for the arrays of a test's problem.
#pragma once

#include "dyt/kernels/dyt.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {

template <class T>
constexpr dyt_dtype c_dtype_of() {
  switch (dtype_of<T>()) {
    case DType::kFloat64:
      return DYT_DTYPE_FLOAT64;
    case DType::kBFloat16:
      return DYT_DTYPE_BFLOAT16;
    case DType::kFloat16:
      return DYT_DTYPE_FLOAT16;
    case DType::kFloat32:
      break;
  }
  return DYT_DTYPE_FLOAT32;
}

// Of random_case<T>(...), whose parameters are fp32, or fp64 in fp64 problems.
template <class T>
dyt_dtype c_parameter_dtype(const std::optional<DType>& dtype) {
  return dtype == DType::kFloat32 && is_16_bit(dtype_of<T>()) ? DYT_DTYPE_FLOAT32 : 0;
}

inline dyt_function c_function(Function function) {
  for (const FunctionRow& row : kFunctions) {
    if (row.function == function) {
      return dyt_function_from_name(std::string(row.name).c_str());
    }
  }
  return 0;
}

template <class T>
dyt_forward_args c_args(const ForwardRun<T>& run) {
  const ForwardProblem& problem = run.problem;
  return {.size = sizeof(dyt_forward_args),
          .function = c_function(problem.function),
          .dtype = c_dtype_of<T>(),
          .parameter_dtype = c_parameter_dtype<T>(problem.parameters.dtype),
          .exact = problem.exact,
          .outer = problem.shape.outer,
          .channels = problem.shape.channels,
          .inner = problem.shape.inner,
          .input = problem.input,
          .alpha = problem.parameters.alpha,
          .shift = problem.parameters.shift,
          .weight = problem.parameters.weight,
          .bias = problem.parameters.bias,
          .output = problem.output,
          .residual = problem.residual,
          .sum = problem.sum};
}

template <class T>
dyt_backward_args c_args(const BackwardRun<T>& run) {
  const BackwardProblem& problem = run.problem;
  return {.size = sizeof(dyt_backward_args),
          .function = c_function(problem.function),
          .dtype = c_dtype_of<T>(),
          .parameter_dtype = c_parameter_dtype<T>(problem.parameters.dtype),
          .exact = problem.exact,
          .outer = problem.shape.outer,
          .channels = problem.shape.channels,
          .inner = problem.shape.inner,
          .grad_output = problem.grad_output,
          .input = problem.input,
          .alpha = problem.parameters.alpha,
          .shift = problem.parameters.shift,
          .weight = problem.parameters.weight,
          .grad_sum = problem.grad_sum,
          .grad_input = problem.grad_input,
          .grad_alpha = problem.grad_alpha,
          .grad_shift = problem.grad_shift,
          .grad_weight = problem.grad_weight,
          .grad_bias = problem.grad_bias};
}

}  // namespace dyt::kernels::test
