// SPDX-License-Identifier: Apache-2.0
// The point-wise family on raw pointers: y = weight * f(alpha*x + shift) + bias, forward and
// backward, alone or together with the residual addition before it.
//
//   ForwardProblem problem{.function = Function::kTanh, .dtype = DType::kFloat32,
//                          .shape = {.outer = rows, .channels = width}, .input = x,
//                          .parameters = {.alpha = &alpha, .weight = w, .bias = b}, .output = y};
//   forward(problem);
//
// Formulas, ranges and error bounds of f: functions.h. Needs nothing but the C++ library.
#pragma once

#include <span>
#include <string_view>

#include "dyt/kernels/functions.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels {

// alpha and shift are one number, weight and bias one per channel. Null means absent: what is
// absent is skipped, not added as 0 or multiplied as 1, so that -0 stays -0. Their type is the
// problem's or, for bf16 and fp16 problems, fp32.
struct Parameters {
  const void* alpha = nullptr;  // required
  const void* shift = nullptr;
  const void* weight = nullptr;
  const void* bias = nullptr;
  std::optional<DType> dtype;  // nothing: the problem's
};

// u = fma(alpha, x, shift) rounded to the arithmetic type; t = f(u); y = weight * t + bias, rounded
// once. |y - exact| <= |weight| * (bound of t) + 1 ULP(y). An element depends on its own x and its
// channel's parameters only, so neighbours never change its bits. Beyond the type's range y is
// infinite. With a residual, x is sum = input + residual, rounded to the type first. output may be
// input or residual, sum too (not both the same): an element is read before it is written.
struct ForwardProblem {
  Function function = Function::kTanh;
  DType dtype = DType::kFloat32;
  Shape shape;
  const void* input = nullptr;
  Parameters parameters;
  void* output = nullptr;
  const void* residual = nullptr;  // with `sum`
  void* sum = nullptr;
  bool exact = false;  // 16-bit types: t as accurate as in fp32
};

// With g = grad_output and k = g * weight * f'(u), in one pass that recomputes u and f from x:
//   grad_input = alpha * k + grad_sum                           grad_bias[c] = sum g
//   grad_alpha = sum k * x       grad_shift = sum k             grad_weight[c] = sum g * f(u)
// |grad_input - exact| <= slope error * |alpha * weight * g| + 1 ULP; sums: kMaxReducedError. The
// order of summation depends on the shape alone. Null gradients are not wanted; the value of bias
// is not used. Gradients of parameters have the parameters' type. After a residual addition, input
// is the sum, grad_sum its gradient from elsewhere (null: none), and grad_input the gradient of
// both addends. grad_input may be grad_output or grad_sum.
struct BackwardProblem {
  Function function = Function::kTanh;
  DType dtype = DType::kFloat32;
  Shape shape;
  const void* grad_output = nullptr;
  const void* input = nullptr;
  Parameters parameters;
  void* grad_input = nullptr;
  void* grad_alpha = nullptr;
  void* grad_shift = nullptr;
  void* grad_weight = nullptr;
  void* grad_bias = nullptr;
  const void* grad_sum = nullptr;
  bool exact = false;  // f' within the reference's relative bound, f as in an exact forward
};

// Solve a problem with the first implementation that accepts it.
void forward(const ForwardProblem& problem, const ParallelFor& parallel_for = {});
void backward(const BackwardProblem& problem, const ParallelFor& parallel_for = {});

template <class Problem>
struct Implementation {
  std::string_view name;
  bool (*accepts)(const Problem&);
  void (*run)(const Problem&, const ParallelFor&);
};

// In order of preference; the last one is the reference, which accepts everything.
std::span<const Implementation<ForwardProblem>> forward_implementations();
std::span<const Implementation<BackwardProblem>> backward_implementations();

constexpr DType parameter_type(const ForwardProblem& problem) {
  return problem.parameters.dtype.value_or(problem.dtype);
}
constexpr DType parameter_type(const BackwardProblem& problem) {
  return problem.parameters.dtype.value_or(problem.dtype);
}

}  // namespace dyt::kernels
