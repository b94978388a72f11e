// Arguments of dyt::pointwise and dyt::pointwise_backward, and the checks that all backends share.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string_view>

#include "dyt/kernels/functions.h"

namespace dyt::ops::internal {

struct PointwiseArguments {
  const at::Tensor& x;
  const at::Tensor& alpha;
  const std::optional<at::Tensor>& shift;
  const std::optional<at::Tensor>& weight;
  std::string_view function;
  int64_t channel_dim;
};

inline bool present(const std::optional<at::Tensor>& tensor) {
  return tensor.has_value() && tensor->defined();
}

// The checks look at shapes, types and devices only, never at data, so Meta and traced tensors pass
// through them too. All throw core::Error(kUsage).
const kernels::FunctionRow& check_arguments(const PointwiseArguments& arguments);
void check_bias(const PointwiseArguments& arguments, const std::optional<at::Tensor>& bias);
void check_grad_output(const PointwiseArguments& arguments, const at::Tensor& grad_output);

// The channel dimension counted from the front. The arguments are checked.
int64_t channel_dim_of(const PointwiseArguments& arguments);

}  // namespace dyt::ops::internal
