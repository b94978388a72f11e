// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/mlp.h"

#include <ATen/ops/gelu.h>

namespace dyt::nn {

Mlp::Mlp(int64_t dim, int64_t hidden_dim, const at::TensorOptions& options, Gelu gelu)
    : gelu_(gelu),
      fc1_(register_module("fc1", std::make_shared<Linear>(dim, hidden_dim, options))),
      fc2_(register_module("fc2", std::make_shared<Linear>(hidden_dim, dim, options))) {}

at::Tensor Mlp::forward(const at::Tensor& tokens) const {
  return fc2_->forward(at::gelu(fc1_->forward(tokens), gelu_ == Gelu::kTanh ? "tanh" : "none"));
}

}  // namespace dyt::nn
