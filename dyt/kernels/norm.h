// SPDX-License-Identifier: Apache-2.0
// LayerNorm and RMSNorm over the channels on raw pointers: the rivals of the point-wise family, as
// carefully written.
//
//   NormForwardProblem problem{.kind = NormKind::kLayerNorm, .dtype = DType::kFloat32,
//                              .rows = rows, .channels = width, .eps = 1e-6, .input = x,
//                              .weight = w, .bias = b, .output = y};
//   forward(problem);
//
// Layer norm: y = weight * (x - mean) * rstd + bias, rstd = 1 / sqrt(var + eps), biased variance:
// Ba, Kiros, Hinton, arXiv 1607.06450. RMS norm: y = weight * x * rstd (+ bias),
// rstd = 1 / sqrt(mean(x^2) + eps): Zhang, Sennrich, arXiv 1910.07467.
#pragma once

#include <span>

#include "dyt/kernels/pointwise.h"

namespace dyt::kernels {

enum class NormKind { kLayerNorm, kRmsNorm };

// A row's bits depend on that row and the parameters only. x is input or, with a residual,
// sum = input + residual rounded to the type. With x^ the normalized row, of a mean up to 2
// standard deviations from 0: |y - exact| <= kMaxNormError * (|weight| * (|x^| + 1) + |bias|) + 1
// ULP; mean and rstd within kMaxNormError * mean|x| and * rstd, + 1 ULP. The error grows with the
// mean as far as statistics are in fp32. NaN makes its row NaN. With eps 0 a constant row (RMS: of
// zeros) is 0 / 0: NaN. Aliases as in ForwardProblem.
struct NormForwardProblem {
  NormKind kind = NormKind::kLayerNorm;
  DType dtype = DType::kFloat32;
  int64_t rows = 0;
  int64_t channels = 0;
  double eps = 1e-6;
  const void* input = nullptr;
  const void* weight = nullptr;          // (channels) or null
  const void* bias = nullptr;            // (channels) or null
  std::optional<DType> parameter_dtype;  // nothing: the problem's
  void* output = nullptr;
  const void* residual = nullptr;  // with `sum`
  void* sum = nullptr;
  void* mean = nullptr;  // (rows) for backward, fp32 (fp64 in fp64 problems); or null; not for RMS
  void* rstd = nullptr;  // the same
};

// Gradients as in BackwardProblem: grad_input includes grad_sum, sums in an order that depends on
// the shape alone, one pass over memory. mean and rstd are those that forward wrote. With
// x^ = (input - mean) * rstd of these numbers and h = grad_output * weight,
//   grad_input = rstd * (h - mean(h) - x^ * mean(h * x^)), for RMS without mean(h), + grad_sum,
// within kMaxNormError * rstd * (|h| + mean|h| + |x^| * mean|h * x^|) + 1 ULP; sums:
// kMaxReducedError.
struct NormBackwardProblem {
  NormKind kind = NormKind::kLayerNorm;
  DType dtype = DType::kFloat32;
  int64_t rows = 0;
  int64_t channels = 0;
  const void* grad_output = nullptr;
  const void* input = nullptr;  // after a residual addition: the sum
  const void* weight = nullptr;
  std::optional<DType> parameter_dtype;
  const void* mean = nullptr;  // not for RMS
  const void* rstd = nullptr;
  void* grad_input = nullptr;
  void* grad_weight = nullptr;
  void* grad_bias = nullptr;
  const void* grad_sum = nullptr;
};

// fp32 and 16-bit types. In fp64 kReferenceMaxNormError counts for all (reference.h).
inline constexpr double kMaxNormError = 2e-6;

void forward(const NormForwardProblem& problem, const ParallelFor& parallel_for = {});
void backward(const NormBackwardProblem& problem, const ParallelFor& parallel_for = {});

std::span<const Implementation<NormForwardProblem>> norm_forward_implementations();
std::span<const Implementation<NormBackwardProblem>> norm_backward_implementations();

}  // namespace dyt::kernels
