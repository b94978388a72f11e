// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vit.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "dyt/core/error.h"
#include "dyt/nn/fold.h"

namespace dyt::models {

VisionTransformer::VisionTransformer(const VitConfig& config, const at::TensorOptions& options)
    : config_(config) {
  config.validate();
  const nn::NormSpec norm = nn::parse_norm_spec(config.norm);
  const nn::PatchEmbedShape patches = config.patches();
  cls_token_ = register_parameter("cls_token", at::zeros({1, 1, config.dim}, options));
  pos_embed_ = register_parameter("pos_embed",
                                  at::zeros({1, 1 + patches.num_patches(), config.dim}, options));
  patch_embed_ = register_module("patch_embed", std::make_shared<nn::PatchEmbed>(patches, options));
  blocks_ = register_module(
      "blocks", std::make_shared<nn::BlockStack>(config.block_options(), config.depth, options));
  norm_ = register_module(
      config.global_pool == "token" ? "norm" : "fc_norm",
      nn::make_norm(norm, config.dim, nn::Site::kFinal, nn::Layout::kChannelsLast, options));
  head_ = register_module("head",
                          std::make_shared<nn::Linear>(config.dim, config.num_classes, options));
}

at::Tensor VisionTransformer::embed(const at::Tensor& images) {
  const at::Tensor patches = patch_embed_->forward(images);  // (B, L, D)
  const at::Tensor class_tokens = cls_token_.expand({images.size(0), -1, -1});
  return at::cat({class_tokens, patches}, 1) + pos_embed_;
}

at::Tensor VisionTransformer::last_attention(const at::Tensor& images) {
  return blocks_->last_attention({.branch = embed(images)});
}

at::Tensor VisionTransformer::pool(const nn::Stream& stream) {
  if (config_.global_pool == "token") {
    return norm_->forward_add(stream.branch, stream.residual).y.select(1, 0);
  }
  // The mean of a sum is the sum of the means: so this slot, too, gets its input in two parts.
  const auto patch_mean = [](const at::Tensor& tokens) { return tokens.slice(1, 1).mean(1); };
  return norm_->forward_add(patch_mean(stream.branch), patch_mean(stream.residual)).y;
}

at::Tensor VisionTransformer::pooled(const at::Tensor& images) { return pool(run_blocks(images)); }

at::Tensor VisionTransformer::logits(const at::Tensor& pooled) const {
  return head_->forward(pooled);
}

at::Tensor VisionTransformer::forward_features(const at::Tensor& images) {
  const nn::Stream stream = run_blocks(images);
  if (config_.global_pool != "token") {
    return stream.branch + stream.residual;
  }
  if (folded_) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a folded model with token pooling has no features: weight and bias "
                               "of its last norm are in the head",
                       .todo = "take the features before fold()"});
  }
  return norm_->forward_add(stream.branch, stream.residual).y;
}

void VisionTransformer::fold() {
  blocks_->fold();
  nn::fold(*norm_, {head_.get()});
  norm_->set_in_place(true);
  folded_ = true;
}

int64_t parameter_count(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const at::Tensor& parameter : module.parameters()) {
    count += parameter.numel();
  }
  return count;
}

}  // namespace dyt::models
