// What all networks for image classification have in common.
#pragma once

#include <torch/nn/module.h>

namespace dyt::models {

class ImageClassifier : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& images) = 0;  // (B, C, H, W) -> (B, num_classes)

  // For inference: parameters of the norm slots go into the layers that follow where they can; the
  // logits stay the same but for rounding. A second call changes nothing.
  virtual void fold() = 0;
};

}  // namespace dyt::models
