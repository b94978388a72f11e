// SPDX-License-Identifier: Apache-2.0
// Arguments of the point-wise operators, and the checks that all backends share.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

#include "dyt/kernels/functions.h"
#include "dyt/ops/internal/pointwise_calls.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops::internal {

struct PointwiseArguments {
  const at::Tensor& x;
  const at::Tensor& alpha;
  const std::optional<at::Tensor>& shift;
  const std::optional<at::Tensor>& weight;
  std::string_view function;
  int64_t channel_dim;
};

// The checks look at shapes, types and devices only, never at data, so Meta and traced tensors pass
// through them too. All throw core::Error(kUsage).
const kernels::FunctionRow& check_arguments(const PointwiseArguments& arguments);
void check_bias(const PointwiseArguments& arguments, const std::optional<at::Tensor>& bias);
// Type, device and shape of x: residual, grad_output, grad_sum, out.
void check_same(const PointwiseArguments& arguments, const at::Tensor& tensor, const char* name);

// grad_output and, where present, grad_sum are like x.
void check_gradients(const PointwiseArguments& arguments, const at::Tensor& grad_output,
                     const std::optional<at::Tensor>& grad_sum);

// Both are written, so no element of one may lie in the other.
void check_apart(const at::Tensor& x, const at::Tensor& residual);

// Empty tensors for the wanted gradients, undefined ones for the rest.
Gradients empty_gradients(const PointwiseArguments& arguments, const Mask& mask);

// The channel dimension counted from the front. The arguments are checked.
int64_t channel_dim_of(const PointwiseArguments& arguments);

}  // namespace dyt::ops::internal
