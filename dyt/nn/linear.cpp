// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/linear.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

namespace dyt::nn {

Linear::Linear(int64_t in_features, int64_t out_features, const at::TensorOptions& options)
    : weight_(register_parameter("weight", at::zeros({out_features, in_features}, options))),
      bias_(register_parameter("bias", at::zeros({out_features}, options))) {}

at::Tensor Linear::forward(const at::Tensor& input) const {
  return at::linear(input, weight_, bias_);
}

}  // namespace dyt::nn
