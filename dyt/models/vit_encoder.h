// SPDX-License-Identifier: Apache-2.0
// A Vision Transformer without a classifier, for images of any size: the backbone of DINO (arXiv
// 2104.14294, release of April 2023), and what stands under a probe.
//
//   auto encoder = std::make_shared<VitEncoder>(config);   // without num_classes, global_pool
//   at::Tensor features = encoder->forward(images);        // (B, C, H, W) -> (B, D)
//
// Parameters, as timm's and DINO's: cls_token (1, 1, D), pos_embed (1, 1+L, D), patch_embed.proj,
// blocks.i as in vit.h, norm.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "dyt/models/vit.h"

namespace dyt::models {

class VitEncoder : public torch::nn::Module {
 public:
  // Norm slots and layer scales have their start values, everything else is zero. `options`: type
  // and device, the meta device too.
  explicit VitEncoder(const VitConfig& config, const at::TensorOptions& options = {});

  // The class token after `norm`, (B, C, H, W) -> (B, D). The patch divides H and W; for other
  // sizes than the configuration's the position table is resampled by DINO's rule (positions.h).
  at::Tensor forward(const at::Tensor& images);

  // All tokens after `norm`, (B, 1 + L, D).
  at::Tensor forward_tokens(const at::Tensor& images);

  // The tokens that each of the last `count` blocks gives, each through the one `norm`: `count`
  // times (B, 1 + L, D), the last block last. Error(kUsage) unless 1 <= count <= depth.
  std::vector<at::Tensor> last_tokens(const at::Tensor& images, int64_t count);

  // The weights of the last block's attention, (B, num_heads, 1 + L, 1 + L).
  at::Tensor last_attention(const at::Tensor& images) {
    return blocks_->last_attention({.branch = embed(images)});
  }

  // For inference: as VisionTransformer's, but that `norm` stays: no layer of this network reads
  // what it gives.
  void fold() { blocks_->fold(); }

  const VitConfig& config() const { return config_; }

 private:
  at::Tensor embed(const at::Tensor& images);  // -> (B, 1 + L, D)

  VitConfig config_;
  at::Tensor cls_token_, pos_embed_;
  std::shared_ptr<nn::PatchEmbed> patch_embed_;
  std::shared_ptr<nn::BlockStack> blocks_;
  std::shared_ptr<nn::Norm> norm_;
};

// The inputs of DINO's linear evaluation, from an encoder in evaluation:
// the class tokens of the last `blocks` blocks side by side, (B, blocks * D) (ViT-S takes 4);
at::Tensor last_class_tokens(VitEncoder& encoder, const at::Tensor& images, int64_t blocks = 4);
// class token and mean of the patch tokens in turns, [cls_0, mean_0, cls_1, ...], (B, 2 D) (ViT-B).
at::Tensor class_token_and_patch_mean(VitEncoder& encoder, const at::Tensor& images);

// DINO's start: Linear weights normal(0, linear_std) truncated at -2 and 2, biases 0; pos_embed and
// cls_token the same with linear_std; patch projection, slots and layer scales as initialize() of a
// VisionTransformer. The streams are named `prefix` and the parameter's name.
void initialize(VitEncoder& encoder, double linear_std, uint64_t seed,
                const std::string& prefix = "");

}  // namespace dyt::models
