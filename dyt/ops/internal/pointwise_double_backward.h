// SPDX-License-Identifier: Apache-2.0
// The gradient of a gradient of the point-wise family, exact: with LibTorch's operators around f,
// f' and f'' of the reference kernels. Nobody trains through it for speed.
#pragma once

#include "dyt/ops/internal/pointwise_calls.h"

namespace dyt::ops::internal {

Gradients double_backward_cpu(const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
                              const OptionalTensor& tangent_shift,
                              const OptionalTensor& tangent_weight,
                              const OptionalTensor& tangent_bias, const at::Tensor& grad_output,
                              const at::Tensor& x, const at::Tensor& alpha,
                              const OptionalTensor& shift, const OptionalTensor& weight,
                              std::string_view function, int64_t channel_dim);

Gradients double_backward_meta(const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
                               const OptionalTensor& tangent_shift,
                               const OptionalTensor& tangent_weight,
                               const OptionalTensor& tangent_bias, const at::Tensor& grad_output,
                               const at::Tensor& x, const at::Tensor& alpha,
                               const OptionalTensor& shift, const OptionalTensor& weight,
                               std::string_view function, int64_t channel_dim);

}  // namespace dyt::ops::internal
