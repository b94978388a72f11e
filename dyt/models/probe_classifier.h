// SPDX-License-Identifier: Apache-2.0
// A frozen Vision Transformer with a trained matrix on top: how good features are is measured so.
//
//   auto model = std::make_shared<ProbeClassifier>(config, ProbeKind::kLastClassTokens);
//   initialize(*model, /*linear_std=*/0.02, seed);
//   load_pretrained(model->encoder(), checkpoint);                  // transfer.h
//   at::Tensor logits = model->forward(images);                     // (B, num_classes)
//
// Parameters: encoder.*, frozen, and, trained, encoder.head.1.{weight, bias} (kBatchNorm) or
// linear.{weight, bias}, DINO's name.
#pragma once

#include <memory>

#include "dyt/models/image_classifier.h"
#include "dyt/models/probe.h"
#include "dyt/models/vit_encoder.h"

namespace dyt::models {

enum class ProbeKind {
  kBatchNorm,        // class token, batch norm, matrix: MAE's linear probing (LinearProbe)
  kLastClassTokens,  // class tokens of the last four blocks (of fewer: all): DINO's for ViT-S
  kTokenAndMean      // class token and mean of the patch tokens: DINO's for ViT-B
};

class ProbeClassifier final : public ImageClassifier {
 public:
  // All sizes must be set; global_pool is not asked, drop_path neither. `options`: type and device.
  ProbeClassifier(VitConfig config, ProbeKind kind, const at::TensorOptions& options = {});

  // Gradients end here: (B, D), behind kBatchNorm's batch norm.
  at::Tensor pooled(const at::Tensor& images) override;
  at::Tensor logits(const at::Tensor& pooled) const override;
  void fold() override { encoder_->fold(); }

  VitEncoder& encoder() { return *encoder_; }

 private:
  friend void initialize(ProbeClassifier&, double, uint64_t);

  ProbeKind kind_;
  int64_t blocks_;
  std::shared_ptr<VitEncoder> encoder_;
  std::shared_ptr<LinearProbe> with_head_;  // the encoder, of kBatchNorm
  std::shared_ptr<nn::Linear> linear_;      // of the others
};

// The encoder as VitEncoder's, the matrix normal(0, 0.01) truncated at -2 and 2, its bias 0.
void initialize(ProbeClassifier& model, double linear_std, uint64_t seed);

}  // namespace dyt::models
