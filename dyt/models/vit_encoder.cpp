// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vit_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "dyt/core/error.h"
#include "dyt/models/layer_init.h"
#include "dyt/models/positions.h"

namespace dyt::models {
namespace {

VitConfig checked(VitConfig config) {
  VitConfig classifier = config;
  classifier.num_classes = 1;  // of no concern here
  classifier.validate();
  return config;
}

}  // namespace

VitEncoder::VitEncoder(const VitConfig& config, const at::TensorOptions& options)
    : config_(checked(config)) {
  const nn::PatchEmbedShape patches = config.patches();
  cls_token_ = register_parameter("cls_token", at::zeros({1, 1, config.dim}, options));
  pos_embed_ = register_parameter("pos_embed",
                                  at::zeros({1, 1 + patches.num_patches(), config.dim}, options));
  patch_embed_ = register_module("patch_embed", std::make_shared<nn::PatchEmbed>(patches, options));
  blocks_ = register_module(
      "blocks", std::make_shared<nn::BlockStack>(config.block_options(), config.depth, options));
  norm_ =
      register_module("norm", nn::make_norm(nn::parse_norm_spec(config.norm), config.dim,
                                            nn::Site::kFinal, nn::Layout::kChannelsLast, options));
}

at::Tensor VitEncoder::embed(const at::Tensor& images) {
  const at::Tensor patches = patch_embed_->forward_any_size(images);  // (B, L, D)
  const at::Tensor class_tokens = cls_token_.expand({images.size(0), -1, -1});
  const int64_t p = config_.patch_size;
  return at::cat({class_tokens, patches}, 1) +
         resample_positions_dino(pos_embed_, images.size(2) / p, images.size(3) / p);
}

at::Tensor VitEncoder::forward_tokens(const at::Tensor& images) {
  const nn::Stream stream = blocks_->forward({.branch = embed(images)});
  return norm_->forward_add(stream.branch, stream.residual).y;
}

at::Tensor VitEncoder::forward(const at::Tensor& images) {
  return forward_tokens(images).select(1, 0);
}

std::vector<at::Tensor> VitEncoder::last_tokens(const at::Tensor& images, int64_t count) {
  if (count < 1 || count > config_.depth) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "features of as many last blocks as the network does not have",
                       .expected = "1 to " + std::to_string(config_.depth),
                       .found = std::to_string(count)});
  }
  std::vector<at::Tensor> tokens;
  blocks_->forward_last({.branch = embed(images)}, static_cast<size_t>(count),
                        [&](const nn::Stream& stream) {
                          tokens.push_back(norm_->forward_add(stream.branch, stream.residual).y);
                        });
  return tokens;
}

at::Tensor last_class_tokens(VitEncoder& encoder, const at::Tensor& images, int64_t blocks) {
  std::vector<at::Tensor> class_tokens;
  for (const at::Tensor& tokens : encoder.last_tokens(images, blocks)) {
    class_tokens.push_back(tokens.select(1, 0));
  }
  return at::cat(class_tokens, 1);
}

at::Tensor class_token_and_patch_mean(VitEncoder& encoder, const at::Tensor& images) {
  const at::Tensor tokens = encoder.forward_tokens(images);
  return at::stack({tokens.select(1, 0), tokens.slice(1, 1).mean(1)}, 2).flatten(1);
}

void initialize(VitEncoder& encoder, double linear_std, uint64_t seed, const std::string& prefix) {
  initialize_layers(encoder, {.linear = truncated_normal(linear_std)}, seed, prefix);
  const auto own = encoder.named_parameters(/*recurse=*/false);
  for (const char* name : {"pos_embed", "cls_token"}) {
    truncated_normal(linear_std)(own[name], seed, prefix + name);
  }
}

}  // namespace dyt::models
