// SPDX-License-Identifier: Apache-2.0
// LayerNorm and RMSNorm over the last dimension as LibTorch operators, with the kernels of
// dyt/kernels/norm.h.
//
//   at::Tensor y = dyt::ops::norm(x, weight, bias, "layer_norm", 1e-6);
//   auto [y2, sum] = dyt::ops::norm_add(x, residual, weight, {}, "rms_norm", 1e-6);
//
// x (..., C) of float32, float64, bfloat16 or float16; weight (C), bias (C) of its type or, beside
// 16 bits, of float32; either may be absent. Outputs are contiguous. Deterministic, and a row's
// bits depend on that row only. Registered as torch.ops.dyt.norm, .norm_add, .norm_backward for
// CPU, Meta and Autograd. One derivative; a second refuses.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>
#include <tuple>

namespace dyt::ops {

// Throw core::Error(kUsage) that names the argument.
at::Tensor norm(const at::Tensor& x, const std::optional<at::Tensor>& weight,
                const std::optional<at::Tensor>& bias, std::string_view kind, double eps);

// sum = x + residual rounded to the type; y is of the sum. -> {y, sum}
std::tuple<at::Tensor, at::Tensor> norm_add(const at::Tensor& x, const at::Tensor& residual,
                                            const std::optional<at::Tensor>& weight,
                                            const std::optional<at::Tensor>& bias,
                                            std::string_view kind, double eps);

}  // namespace dyt::ops
