// SPDX-License-Identifier: Apache-2.0
// The registered operators, called through the dispatcher; shared by the backends' files.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <optional>
#include <string_view>
#include <tuple>

namespace dyt::ops::internal {

using OptionalTensor = std::optional<at::Tensor>;
// x, alpha, shift, weight, bias: the order of the gradients and of their mask.
using Gradients = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using Mask = std::array<bool, 5>;

at::Tensor call_forward(const at::Tensor& x, const at::Tensor& alpha, const OptionalTensor& shift,
                        const OptionalTensor& weight, const OptionalTensor& bias,
                        std::string_view function, int64_t channel_dim, bool exact);

std::tuple<at::Tensor, at::Tensor> call_add(const at::Tensor& x, const at::Tensor& residual,
                                            const at::Tensor& alpha, const OptionalTensor& shift,
                                            const OptionalTensor& weight,
                                            const OptionalTensor& bias, std::string_view function,
                                            int64_t channel_dim, bool exact);

void call_in_place(at::Tensor& x, const at::Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact);

void call_add_in_place(at::Tensor& x, at::Tensor& residual, const at::Tensor& alpha,
                       const OptionalTensor& shift, const OptionalTensor& weight,
                       const OptionalTensor& bias, std::string_view function, int64_t channel_dim,
                       bool exact);

void call_out(const at::Tensor& x, const at::Tensor& alpha, const OptionalTensor& shift,
              const OptionalTensor& weight, const OptionalTensor& bias, std::string_view function,
              int64_t channel_dim, bool exact, at::Tensor& out);

Gradients call_backward(const at::Tensor& grad_output, const at::Tensor& x, const at::Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        std::string_view function, int64_t channel_dim, Mask mask,
                        const OptionalTensor& grad_sum, bool exact);

// Gradients of the sum of (gradient * its tangent) over the five gradients, for grad_output, x,
// alpha, shift and weight; undefined tangents are 0.
Gradients call_double_backward(const std::array<OptionalTensor, 5>& tangents,
                               const at::Tensor& grad_output, const at::Tensor& x,
                               const at::Tensor& alpha, const OptionalTensor& shift,
                               const OptionalTensor& weight, std::string_view function,
                               int64_t channel_dim);

}  // namespace dyt::ops::internal
