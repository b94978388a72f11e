// SPDX-License-Identifier: Apache-2.0
// A linear layer without bias whose rows have a learned length (Salimans and Kingma, arXiv
// 1602.07868), with the names of PyTorch's torch.nn.utils.weight_norm:
//
//   y = x W^T, W_row = weight_g_row * weight_v_row / |weight_v_row|_2     (..., in) -> (..., out)
#pragma once

#include <torch/nn/module.h>

namespace dyt::nn {

class WeightNormLinear final : public torch::nn::Module {
 public:
  // weight_g is 1 from the start; weight_v is zero until it is initialized, and the result then not
  // a number.
  WeightNormLinear(int64_t in_features, int64_t out_features,
                   const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& input) const;

  const at::Tensor& weight_g() const { return weight_g_; }  // (out, 1)
  const at::Tensor& weight_v() const { return weight_v_; }  // (out, in)

 private:
  at::Tensor weight_g_, weight_v_;
};

}  // namespace dyt::nn
