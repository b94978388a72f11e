// The point-wise family as one LibTorch operator: y = weight * f(alpha*x + shift) + bias.
//
//   at::Tensor y = dyt::ops::pointwise(x, alpha, {}, weight, bias, "tanh");  // DyT, channels last
//
// x (any shape with a channel dimension of C), alpha (1), shift (1), weight (C), bias (C), all of
// one type (float32 or float64; parameters are not cast) on one device. Absent shift, weight and
// bias are skipped. The output is fresh and contiguous. Functions, formulas and error bounds:
// dyt/kernels/functions.h.
//
// Registered as torch.ops.dyt.pointwise and dyt.pointwise_backward for CPU, Meta and Autograd;
// autocast passes through (no casts). Gradients for x and all parameters; differentiating them once
// more refuses.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace dyt::ops {

// Throws core::Error(kUsage) that names the argument for an unknown function, wrong shapes or
// types.
at::Tensor pointwise(const at::Tensor& x, const at::Tensor& alpha,
                     const std::optional<at::Tensor>& shift,
                     const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& bias,
                     std::string_view function, int64_t channel_dim = -1);

}  // namespace dyt::ops
