// SPDX-License-Identifier: Apache-2.0
// ConvNeXt (Liu et al., arXiv 2201.03545) for image classification, with the names and the
// semantics of timm 1.0.15's `convnext_*` models; what stands at the norm slots is a key.
//
//   ConvNextConfig config{.image_size = 224, .channels = 3, .num_classes = 1000,
//                         .depths = {3, 3, 9, 3}, .dims = {96, 192, 384, 768}, .norm = "dyt"};
//   auto model = std::make_shared<ConvNext>(config);
//   initialize(*model, ConvNextInit{}, /*seed=*/0);
//   at::Tensor logits = model->forward(images);   // (B, C, H, W) -> (B, num_classes)
//
// Parameters: stem.0 (convolution), stem.1 (slot); stages.s.downsample.0 (slot, from s = 1 on),
// stages.s.downsample.1 (convolution); stages.s.blocks.i.{gamma, conv_dw, norm, mlp.fc1, mlp.fc2};
// head.norm (slot), head.fc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/models/image_classifier.h"
#include "dyt/nn/conv.h"
#include "dyt/nn/drop_path.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/mlp.h"
#include "dyt/nn/norm.h"

namespace dyt::models {

struct ConvNextConfig {
  int64_t image_size = 0;  // side; 0: the data's
  int64_t channels = 0;    // 0: the data's
  int64_t num_classes = 0;
  std::vector<int64_t> depths = {2, 2, 2};  // blocks of each stage
  std::vector<int64_t> dims = {32, 64, 128};
  int64_t patch_size = 2;   // kernel and stride of the stem
  int64_t kernel_size = 7;  // of the depthwise convolutions; odd
  double mlp_ratio = 4;
  double init_values = 1e-6;  // where gamma starts; 0: no gamma
  double drop_path = 0;       // of the last block, rising over all stages
  std::string norm = "layer_norm";

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;
};

struct ConvNextInit {
  double linear_std = 0.02;
  double head_scale = 1;

  void visit_fields(core::Fields& fields);
};

class ConvNextStage;

class ConvNext final : public ImageClassifier {
 public:
  // All sizes must be set. Norm slots and gammas have their start values, everything else is zero
  // until initialize() or a checkpoint. `options`: type and device, the meta device too.
  explicit ConvNext(const ConvNextConfig& config, const at::TensorOptions& options = {});

  at::Tensor pooled(const at::Tensor& images) override;
  at::Tensor logits(const at::Tensor& pooled) const override;

  // The last stage's output, (B, D, h, w).
  at::Tensor forward_features(const at::Tensor& images);

  // For inference: weight and bias of the slots in the blocks and in the head go into the matrices
  // that follow. The stem's slot has two readers, one of which adds; those before a downsampling
  // convolution stay as well. A second call changes nothing.
  void fold() override;

  const ConvNextConfig& config() const { return config_; }

 private:
  ConvNextConfig config_;
  std::shared_ptr<nn::Conv2d> stem_conv_;
  std::shared_ptr<nn::Norm> stem_norm_, head_norm_;
  std::vector<std::shared_ptr<ConvNextStage>> stages_;
  std::shared_ptr<nn::Linear> head_;
};

// Weights of convolutions and matrices, the head's included: normal(0, linear_std) truncated at -2
// and 2, the head's times head_scale; biases 0; norm slots and gammas: their own start.
void initialize(ConvNext& model, const ConvNextInit& init, uint64_t seed);

}  // namespace dyt::models
