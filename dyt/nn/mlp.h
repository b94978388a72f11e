// The feed-forward branch: fc2(GELU(fc1(x))), exact (erf) GELU.
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "dyt/nn/linear.h"

namespace dyt::nn {

class Mlp final : public torch::nn::Module {
 public:
  Mlp(int64_t dim, int64_t hidden_dim, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& tokens) const;  // (..., D) -> (..., D)

  // What reads the tokens.
  Linear& input_layer() const { return *fc1_; }

 private:
  std::shared_ptr<Linear> fc1_, fc2_;
};

}  // namespace dyt::nn
