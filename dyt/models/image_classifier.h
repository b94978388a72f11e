// SPDX-License-Identifier: Apache-2.0
// What all networks for image classification have in common.
#pragma once

#include <torch/nn/module.h>

namespace dyt::models {

class ImageClassifier : public torch::nn::Module {
 public:
  // (B, C, H, W) -> (B, num_classes)
  at::Tensor forward(const at::Tensor& images) { return logits(pooled(images)); }

  // The same in two steps: what goes into the last matrix, (B, D), and that matrix alone. Between
  // them a picture is a vector, by which sets of pictures are compared.
  virtual at::Tensor pooled(const at::Tensor& images) = 0;
  virtual at::Tensor logits(const at::Tensor& pooled) const = 0;

  // For inference: parameters of the norm slots go into the layers that follow where they can; the
  // logits stay the same but for rounding. A second call changes nothing.
  virtual void fold() = 0;
};

}  // namespace dyt::models
