// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/weight_norm_linear.h"

#include <ATen/ops/_weight_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

namespace dyt::nn {

WeightNormLinear::WeightNormLinear(int64_t in_features, int64_t out_features,
                                   const at::TensorOptions& options)
    : weight_g_(register_parameter("weight_g", at::ones({out_features, 1}, options))),
      weight_v_(register_parameter("weight_v", at::zeros({out_features, in_features}, options))) {}

at::Tensor WeightNormLinear::forward(const at::Tensor& input) const {
  return at::linear(input, at::_weight_norm(weight_v_, weight_g_, /*dim=*/0));
}

}  // namespace dyt::nn
