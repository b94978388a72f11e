// SPDX-License-Identifier: Apache-2.0
// Linear probing as MAE does it (arXiv 2111.06377, release of April 2022): a frozen encoder, its
// class token, a batch norm without weight and bias, one matrix.
//
//   auto probe = std::make_shared<LinearProbe>(config);          // config.num_classes is asked
//   load_pretrained(*probe, checkpoint);                         // transfer.h
//   initialize(probe->head(), seed, "head.");
//   at::Tensor logits = probe->logits(images);                   // (B, num_classes)
//
// Parameters: the encoder's (vit_encoder.h), frozen; head.1.{weight, bias}. Buffers:
// head.0.{running_mean, running_var, num_batches_tracked}.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>

#include "dyt/models/vit_encoder.h"

namespace dyt::models {

// Children `0`, torch.nn.BatchNorm1d without affine parameters, eps 1e-6, momentum 0.1, and `1`,
// the matrix.
class ProbeHead final : public torch::nn::Module {
 public:
  ProbeHead(int64_t dim, int64_t num_classes, const at::TensorOptions& options = {});

  // (B, D) -> (B, num_classes). In training the batch's own statistics, B at least 2.
  at::Tensor forward(const at::Tensor& features) const;

  at::Tensor normed(const at::Tensor& features) const { return batch_norm_->forward(features); }
  const nn::Linear& linear() const { return *linear_; }

 private:
  std::shared_ptr<nn::Norm> batch_norm_;
  std::shared_ptr<nn::Linear> linear_;
};

// head.1.weight normal(0, 0.01) truncated at -2 and 2, head.1.bias 0. The streams are named
// `prefix` and the parameter's name.
void initialize(ProbeHead& head, uint64_t seed, const std::string& prefix = "");

class LinearProbe final : public VitEncoder {
 public:
  // As VitEncoder's, and config.num_classes must be set. Every parameter but the head's is frozen.
  explicit LinearProbe(const VitConfig& config, const at::TensorOptions& options = {});

  // (B, C, H, W) -> (B, num_classes); gradients end at the head. The batch norm follows the mode:
  // upstream leaves the whole network in training, where the encoder knows no difference.
  at::Tensor logits(const at::Tensor& images);

  ProbeHead& head() { return *head_; }

 private:
  std::shared_ptr<ProbeHead> head_;
};

}  // namespace dyt::models
