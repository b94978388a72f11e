// SPDX-License-Identifier: Apache-2.0
// The feed-forward branch: fc2(GELU(fc1(x))).
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "dyt/nn/linear.h"

namespace dyt::nn {

enum class Gelu {
  kExact,  // x Phi(x), by erf
  kTanh    // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
};

class Mlp final : public torch::nn::Module {
 public:
  Mlp(int64_t dim, int64_t hidden_dim, const at::TensorOptions& options = {},
      Gelu gelu = Gelu::kExact);

  at::Tensor forward(const at::Tensor& tokens) const;  // (..., D) -> (..., D)

  // What reads the tokens.
  Linear& input_layer() const { return *fc1_; }

 private:
  Gelu gelu_;
  std::shared_ptr<Linear> fc1_, fc2_;
};

}  // namespace dyt::nn
