// The point-wise family on raw pointers: y = weight * f(alpha*x + shift) + bias, forward and
// backward.
//
//   ForwardProblem problem{.function = Function::kTanh, .dtype = DType::kFloat32,
//                          .shape = {.outer = rows, .channels = width}, .input = x,
//                          .parameters = {.alpha = &alpha, .weight = w, .bias = b}, .output = y};
//   forward(problem);
//
// Formulas, ranges and error bounds of f: functions.h. Needs nothing but the C++ library.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "dyt/kernels/functions.h"

namespace dyt::kernels {

// The type of every array of a problem, parameters and gradients included.
enum class DType { kFloat32, kFloat64 };

// Element (o, c, i) lies at (o * channels + c) * inner + i. Channels last: inner = 1 and outer
// counts rows; an image batch (B, C, H, W): {B, C, H*W}. Any of them may be 0.
struct Shape {
  int64_t outer = 0;
  int64_t channels = 0;
  int64_t inner = 1;
};

// alpha and shift are one number, weight and bias one per channel. Null means absent: what is
// absent is skipped, not added as 0 or multiplied as 1, so that -0 stays -0.
struct Parameters {
  const void* alpha = nullptr;  // required
  const void* shift = nullptr;
  const void* weight = nullptr;
  const void* bias = nullptr;
};

// u = fma(alpha, x, shift) rounded to the type; t = f(u); y = weight * t + bias, rounded once.
// |y - exact| <= |weight| * (bound of t) + 1 ULP(y). An element depends on its own x and its
// channel's parameters only, so neighbours never change its bits. Beyond the type's range y is
// infinite.
struct ForwardProblem {
  Function function = Function::kTanh;
  DType dtype = DType::kFloat32;
  Shape shape;
  const void* input = nullptr;
  Parameters parameters;
  void* output = nullptr;
};

// With g = grad_output and k = g * weight * f'(u), in one pass that recomputes u and f from x:
//   grad_input = alpha * k       grad_alpha = sum k * x         grad_shift = sum k
//   grad_weight[c] = sum g * f(u)                               grad_bias[c] = sum g
// |grad_input - exact| <= slope error * |alpha * weight * g| + 1 ULP; sums: kMaxReducedError. The
// order of summation depends on the shape alone. Null gradients are not wanted; the value of bias
// is not used.
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
};

// Solve a problem with the first implementation that accepts it.
void forward(const ForwardProblem& problem);
void backward(const BackwardProblem& problem);

template <class Problem>
struct Implementation {
  std::string_view name;
  bool (*accepts)(const Problem&);
  void (*run)(const Problem&);
};

// In order of preference; the last one is the reference, which accepts everything.
std::span<const Implementation<ForwardProblem>> forward_implementations();
std::span<const Implementation<BackwardProblem>> backward_implementations();

}  // namespace dyt::kernels
