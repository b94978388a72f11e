// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/probe_classifier.h"

#include "dyt/models/layer_init.h"

namespace dyt::models {
namespace {

constexpr int64_t kBlocks = 4;
constexpr double kHeadStd = 0.01;

}  // namespace

ProbeClassifier::ProbeClassifier(VitConfig config, ProbeKind kind, const at::TensorOptions& options)
    : kind_(kind), blocks_(std::min(kBlocks, config.depth)) {
  config.drop_path = 0;
  if (kind == ProbeKind::kBatchNorm) {
    with_head_ = register_module("encoder", std::make_shared<LinearProbe>(config, options));
    encoder_ = with_head_;
    return;
  }
  encoder_ = register_module("encoder", std::make_shared<VitEncoder>(config, options));
  for (const at::Tensor& parameter : encoder_->parameters()) {
    parameter.set_requires_grad(false);
  }
  const int64_t width = kind == ProbeKind::kLastClassTokens ? blocks_ * config.dim : 2 * config.dim;
  linear_ =
      register_module("linear", std::make_shared<nn::Linear>(width, config.num_classes, options));
}

at::Tensor ProbeClassifier::pooled(const at::Tensor& images) {
  const at::NoGradGuard no_grad;
  if (with_head_) {
    return with_head_->head().normed(with_head_->forward(images));
  }
  return kind_ == ProbeKind::kLastClassTokens ? last_class_tokens(*encoder_, images, blocks_)
                                              : class_token_and_patch_mean(*encoder_, images);
}

at::Tensor ProbeClassifier::logits(const at::Tensor& pooled) const {
  return with_head_ ? with_head_->head().linear().forward(pooled) : linear_->forward(pooled);
}

void initialize(ProbeClassifier& model, double linear_std, uint64_t seed) {
  initialize(model.encoder(), linear_std, seed, "encoder.");
  if (model.with_head_) {
    initialize(model.with_head_->head(), seed, "encoder.head.");
  } else {
    truncated_normal(kHeadStd)(model.linear_->weight(), seed, "linear.weight");
    const at::NoGradGuard no_grad;
    model.linear_->bias().zero_();
  }
}

}  // namespace dyt::models
