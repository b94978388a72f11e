// SPDX-License-Identifier: Apache-2.0
// y = gamma * x with one learnable gamma per channel: the branch scale of CaiT (arXiv 2103.17239).
#pragma once

#include <torch/nn/module.h>

namespace dyt::nn {

class LayerScale final : public torch::nn::Module {
 public:
  LayerScale(int64_t dim, double initial_value, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& input) const { return input * gamma_; }  // (..., D)
  void reset();  // gamma at its start

 private:
  double initial_value_;
  at::Tensor gamma_;
};

}  // namespace dyt::nn
