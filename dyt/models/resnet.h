// SPDX-License-Identifier: Apache-2.0
// ResNet (He et al., arXiv 1512.03385) for image classification, with the names and the semantics
// of torchvision 0.26's `resnet*` models (the stride of a bottleneck sits on its 3x3 convolution);
// what stands behind each convolution is a key.
//
//   ResNetConfig config{.image_size = 224, .channels = 3, .num_classes = 1000, .norm = "dyt"};
//   auto model = std::make_shared<ResNet>(config);
//   initialize(*model, ResNetInit{}, /*seed=*/0);
//   at::Tensor logits = model->forward(images);   // (B, C, H, W) -> (B, num_classes)
//
// Parameters: conv1, bn1; layer<s>.i.{conv1, bn1, conv2, bn2, [conv3, bn3], [downsample.0,
// downsample.1]}; fc. A slot is called bn whatever stands in it; convolutions have no bias.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/models/image_classifier.h"
#include "dyt/nn/conv.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"

namespace dyt::models {

struct ResNetConfig {
  int64_t image_size = 0;  // side; 0: the data's
  int64_t channels = 0;    // 0: the data's
  int64_t num_classes = 0;
  std::string block = "basic";              // basic: two 3x3; bottleneck: 1x1, 3x3, 1x1
  std::vector<int64_t> depths = {2, 2, 2};  // blocks of each stage
  int64_t width = 16;                       // of the first stage's 3x3; doubles with each stage
  std::string stem = "small";               // small: 3x3; large: 7x7 by 2, then a pooling by 2
  std::string norm = "batch_norm:eps=1e-5";

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;
};

struct ResNetInit {
  void visit_fields(core::Fields&) {}  // He's rule has no number to choose
};

class ResNetBlock;

class ResNet final : public ImageClassifier {
 public:
  // All sizes must be set. Norm slots have their start values, everything else is zero until
  // initialize() or a checkpoint. `options`: type and device, the meta device too.
  explicit ResNet(const ResNetConfig& config, const at::TensorOptions& options = {});

  at::Tensor pooled(const at::Tensor& images) override;
  at::Tensor logits(const at::Tensor& pooled) const override;

  // Between a slot and the next convolution stands a ReLU: nothing can be folded.
  void fold() override {}

 private:
  ResNetConfig config_;
  std::shared_ptr<nn::Conv2d> conv_;
  std::shared_ptr<nn::Norm> norm_;
  std::vector<std::shared_ptr<ResNetBlock>> blocks_;
  std::shared_ptr<nn::Linear> head_;
};

// torchvision's: convolutions normal(0, sqrt(2 / (out * k * k))) (He et al., arXiv 1502.01852, by
// fan out); the head, weight and bias, uniform(-b, b), b = 1/sqrt(in); norm slots: their own start.
void initialize(ResNet& model, const ResNetInit& init, uint64_t seed);

}  // namespace dyt::models
