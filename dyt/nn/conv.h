// SPDX-License-Identifier: Apache-2.0
// A convolution of images, (B, in, H, W) -> (B, out, H', W'), with LibTorch's parameter names. As
// nn::Linear it starts at zero and touches no random generator.
//
//   Conv2d({.in_channels = 96, .out_channels = 96, .kernel = 7, .padding = 3, .groups = 96});
#pragma once

#include <torch/nn/module.h>

namespace dyt::nn {

struct Conv2dOptions {
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  int64_t kernel = 1;  // side; the same for stride and padding
  int64_t stride = 1;
  int64_t padding = 0;  // zeros on each side
  int64_t groups = 1;   // in_channels: depthwise
  bool bias = true;
};

class Conv2d final : public torch::nn::Module {
 public:
  explicit Conv2d(const Conv2dOptions& conv, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& images) const;

  const at::Tensor& weight() const { return weight_; }  // (out, in/groups, k, k)
  const at::Tensor& bias() const { return bias_; }      // (out); undefined without

 private:
  Conv2dOptions conv_;
  at::Tensor weight_, bias_;
};

}  // namespace dyt::nn
