// SPDX-License-Identifier: Apache-2.0
// y = x weight^T + bias, (..., in) -> (..., out).
//
// LibTorch's own Linear draws its start from the global random generator; here parameters are zero
// until a model's initialization or a checkpoint sets them, so that construction is cheap, also on
// the meta device, and touches no generator.
#pragma once

#include <torch/nn/module.h>

namespace dyt::nn {

class Linear final : public torch::nn::Module {
 public:
  Linear(int64_t in_features, int64_t out_features, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& input) const;

  const at::Tensor& weight() const { return weight_; }  // (out, in)
  const at::Tensor& bias() const { return bias_; }      // (out)

 private:
  at::Tensor weight_, bias_;
};

}  // namespace dyt::nn
