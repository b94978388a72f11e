// SPDX-License-Identifier: Apache-2.0
// The Autograd kernels of the point-wise operators.
#pragma once

#include "dyt/ops/internal/pointwise_calls.h"

namespace dyt::ops::internal {

at::Tensor forward_autograd(const at::Tensor& x, const at::Tensor& alpha,
                            const OptionalTensor& shift, const OptionalTensor& weight,
                            const OptionalTensor& bias, std::string_view function,
                            int64_t channel_dim, bool exact);

std::tuple<at::Tensor, at::Tensor> add_autograd(
    const at::Tensor& x, const at::Tensor& residual, const at::Tensor& alpha,
    const OptionalTensor& shift, const OptionalTensor& weight, const OptionalTensor& bias,
    std::string_view function, int64_t channel_dim, bool exact);

void in_place_autograd(at::Tensor& x, const at::Tensor& alpha, const OptionalTensor& shift,
                       const OptionalTensor& weight, const OptionalTensor& bias,
                       std::string_view function, int64_t channel_dim, bool exact);

void add_in_place_autograd(at::Tensor& x, at::Tensor& residual, const at::Tensor& alpha,
                           const OptionalTensor& shift, const OptionalTensor& weight,
                           const OptionalTensor& bias, std::string_view function,
                           int64_t channel_dim, bool exact);

void out_autograd(const at::Tensor& x, const at::Tensor& alpha, const OptionalTensor& shift,
                  const OptionalTensor& weight, const OptionalTensor& bias,
                  std::string_view function, int64_t channel_dim, bool exact, at::Tensor& out);

Gradients backward_autograd(const at::Tensor& grad_output, const at::Tensor& x,
                            const at::Tensor& alpha, const OptionalTensor& shift,
                            const OptionalTensor& weight, std::string_view function,
                            int64_t channel_dim, Mask mask, const OptionalTensor& grad_sum,
                            bool exact);

Gradients double_backward_autograd(
    const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
    const OptionalTensor& tangent_shift, const OptionalTensor& tangent_weight,
    const OptionalTensor& tangent_bias, const at::Tensor& grad_output, const at::Tensor& x,
    const at::Tensor& alpha, const OptionalTensor& shift, const OptionalTensor& weight,
    std::string_view function, int64_t channel_dim);

}  // namespace dyt::ops::internal
