// SPDX-License-Identifier: Apache-2.0
// Vision Transformer (Dosovitskiy et al., arXiv 2010.11929) for image classification, with the
// names, the order and the semantics of timm 1.0.15's `vit_*` models; what stands at the norm slots
// is a key.
//
//   VitConfig config{.image_size = 8, .channels = 1, .num_classes = 10, .norm = "dyt:alpha0=auto"};
//   auto model = std::make_shared<VisionTransformer>(config);
//   initialize(*model, VitInit{}, /*seed=*/0);
//   at::Tensor logits = model->forward(images);   // (B, C, H, W) -> (B, num_classes)
//
// Parameters: cls_token (1, 1, D), pos_embed (1, 1+L, D), patch_embed.proj, blocks.i.{norm1,
// attn.qkv, [attn.q_norm, attn.k_norm], attn.proj, [ls1], norm2, mlp.fc1, mlp.fc2, [ls2]}, norm
// (token pooling) or fc_norm (average), head.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "dyt/core/config.h"
#include "dyt/models/image_classifier.h"
#include "dyt/models/vit_init.h"
#include "dyt/nn/block_stack.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/patch_embed.h"

namespace dyt::models {

struct VitConfig {
  int64_t image_size = 0;  // side; 0: the data's
  int64_t patch_size = 2;
  int64_t channels = 0;     // 0: the data's
  int64_t num_classes = 0;  // 0: the data's
  int64_t dim = 64;
  int64_t depth = 4;
  int64_t num_heads = 4;
  double mlp_ratio = 4;
  std::string global_pool = "avg";  // avg: mean of the patch tokens, then fc_norm; token: norm,
                                    // then the class token
  double init_values = 0;           // where the layer scale starts; 0: no layer scale
  double drop_path = 0;
  bool qk_norm = false;             // the slot on queries and keys too, over a head's channels
  std::string norm = "layer_norm";  // the slot, kind[:key=value]...

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;

  int64_t hidden_dim() const { return static_cast<int64_t>(static_cast<double>(dim) * mlp_ratio); }
  nn::PatchEmbedShape patches() const;
  nn::BlockOptions block_options() const;  // drop_path: the last block's
};

class VisionTransformer final : public ImageClassifier {
 public:
  // All sizes must be set. Norm slots and layer scales have their start values, everything else is
  // zero until initialize() or a checkpoint. `options`: type and device, the meta device too.
  explicit VisionTransformer(const VitConfig& config, const at::TensorOptions& options = {});

  at::Tensor pooled(const at::Tensor& images) override;
  at::Tensor logits(const at::Tensor& pooled) const override;

  // The tokens that the pooling sees, (B, 1+L, D): after `norm` if there is one, so that a folded
  // model with token pooling has none: Error(kUsage).
  at::Tensor forward_features(const at::Tensor& images);

  // The weights of the last block's attention, (B, num_heads, 1 + L, 1 + L).
  at::Tensor last_attention(const at::Tensor& images);

  // For inference: puts weight and bias of every norm slot, those on queries and keys aside, into
  // the layers that follow, and lets the point-wise slots write in place where no gradient is
  // wanted. The logits stay the same but for rounding. What is folded has the state dict of its
  // remaining parameters. A second call changes nothing.
  void fold() override;

  const VitConfig& config() const { return config_; }
  int64_t num_patches() const { return patch_embed_->shape().num_patches(); }

 private:
  at::Tensor embed(const at::Tensor& images);  // -> (B, 1 + L, D)
  nn::Stream run_blocks(const at::Tensor& images) {
    return blocks_->forward({.branch = embed(images)});
  }
  at::Tensor pool(const nn::Stream& stream);  // -> (B, D)

  VitConfig config_;
  bool folded_ = false;
  at::Tensor cls_token_, pos_embed_;
  std::shared_ptr<nn::PatchEmbed> patch_embed_;
  std::shared_ptr<nn::BlockStack> blocks_;
  std::shared_ptr<nn::Norm> norm_;  // `norm` or `fc_norm`, as the pooling asks
  std::shared_ptr<nn::Linear> head_;
};

// Elements of all parameters.
int64_t parameter_count(const torch::nn::Module& module);

}  // namespace dyt::models
