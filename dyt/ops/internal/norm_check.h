// SPDX-License-Identifier: Apache-2.0
// Arguments of the norm operators: the checks and the empty results that all backends share. They
// look at shapes, types and devices only, so the functions *_meta are the Meta kernels as they are.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <optional>
#include <string_view>
#include <tuple>

#include "dyt/kernels/norm.h"

namespace dyt::ops::internal {

using Normalized = std::tuple<at::Tensor, at::Tensor, at::Tensor>;  // y, mean, rstd
// y, sum, mean, rstd
using AddedNormalized = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using NormGradients = std::tuple<at::Tensor, at::Tensor, at::Tensor>;  // x, weight, bias
using NormMask = std::array<bool, 3>;

// Throws core::Error(kUsage), as all here.
kernels::NormKind norm_kind(std::string_view kind);

Normalized norm_meta(const at::Tensor& x, const std::optional<at::Tensor>& weight,
                     const std::optional<at::Tensor>& bias, std::string_view kind, double eps);

AddedNormalized norm_add_meta(const at::Tensor& x, const at::Tensor& residual,
                              const std::optional<at::Tensor>& weight,
                              const std::optional<at::Tensor>& bias, std::string_view kind,
                              double eps);

// Gradients of weight and bias have the parameters' type: that of `parameter`.
NormGradients norm_backward_meta(const at::Tensor& grad_output, const at::Tensor& x,
                                 const std::optional<at::Tensor>& weight, const at::Tensor& mean,
                                 const at::Tensor& rstd, const at::Tensor& parameter,
                                 std::string_view kind, NormMask mask,
                                 const std::optional<at::Tensor>& grad_sum);

}  // namespace dyt::ops::internal
