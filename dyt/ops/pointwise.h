// SPDX-License-Identifier: Apache-2.0
// The point-wise family as LibTorch operators: y = weight * f(alpha*x + shift) + bias.
//
//   at::Tensor y = dyt::ops::pointwise(x, alpha, {}, weight, bias, "tanh");  // DyT, channels last
//   auto [y2, sum] = dyt::ops::pointwise_add(x, residual, alpha, {}, weight, bias, "tanh");
//
// x (any shape with a channel dimension of C; float32, float64, bfloat16 or float16), alpha (1),
// shift (1), weight (C), bias (C), all on one device; parameters of the type of x or, where that
// has 16 bits, all of float32. Absent shift, weight and bias are skipped. Outputs are contiguous.
// Functions, formulas and error bounds: dyt/kernels/functions.h; `exact` asks for t as accurate as
// in float32 and for the stricter f'.
//
// Registered as torch.ops.dyt.pointwise, .pointwise_, .pointwise.out, .pointwise_add,
// .pointwise_add_ and their backward operators, for CPU, Meta and Autograd; autocast passes through
// (no casts). Two derivatives; a third refuses.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

namespace dyt::ops {

// All throw core::Error(kUsage) that names the argument for an unknown function, wrong shapes or
// types.
at::Tensor pointwise(const at::Tensor& x, const at::Tensor& alpha,
                     const std::optional<at::Tensor>& shift,
                     const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& bias,
                     std::string_view function, int64_t channel_dim = -1, bool exact = false);

// sum = x + residual, both of one shape and type, rounded to it; y is of the sum. -> {y, sum}
std::tuple<at::Tensor, at::Tensor> pointwise_add(const at::Tensor& x, const at::Tensor& residual,
                                                 const at::Tensor& alpha,
                                                 const std::optional<at::Tensor>& shift,
                                                 const std::optional<at::Tensor>& weight,
                                                 const std::optional<at::Tensor>& bias,
                                                 std::string_view function,
                                                 int64_t channel_dim = -1, bool exact = false);

// y in the place of x: for inference. Refuses where a gradient would need x.
at::Tensor& pointwise_(at::Tensor& x, const at::Tensor& alpha,
                       const std::optional<at::Tensor>& shift,
                       const std::optional<at::Tensor>& weight,
                       const std::optional<at::Tensor>& bias, std::string_view function,
                       int64_t channel_dim = -1, bool exact = false);

// pointwise_add with y in the place of x and the sum in that of residual, which may not share
// memory: for inference, as pointwise_.
void pointwise_add_(at::Tensor& x, at::Tensor& residual, const at::Tensor& alpha,
                    const std::optional<at::Tensor>& shift, const std::optional<at::Tensor>& weight,
                    const std::optional<at::Tensor>& bias, std::string_view function,
                    int64_t channel_dim = -1, bool exact = false);

}  // namespace dyt::ops
