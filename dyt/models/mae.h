// SPDX-License-Identifier: Apache-2.0
// Masked autoencoder (He et al., arXiv 2111.06377): a ViT that sees a quarter of the patches, and a
// small decoder that paints the rest. Names and semantics are those of the release of April 2022;
// what stands at the norm slots is a key.
//
//   MaeConfig config = core::find_row(mae_table(), "mae_vit_base_patch16", "model").config;
//   auto model = std::make_shared<MaskedAutoencoder>(config);
//   initialize(*model, /*seed=*/0);
//   MaeOutput output = model->forward(images, noise);   // noise (B, L), uniform, the caller's
//   output.loss.backward();
//
// Parameters: cls_token (1, 1, D), pos_embed (1, 1+L, D; frozen), mask_token (1, 1, d),
// decoder_pos_embed (1, 1+L, d; frozen), patch_embed.proj, blocks.i, norm, decoder_embed,
// decoder_blocks.i, decoder_norm, decoder_pred. D: the encoder's width, d: the decoder's.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dyt/core/config.h"
#include "dyt/models/mae_patches.h"
#include "dyt/models/vit.h"

namespace dyt::models {

struct MaeConfig {
  int64_t image_size = 0;  // side; 0: the data's
  int64_t patch_size = 2;
  int64_t channels = 0;  // 0: the data's
  int64_t dim = 64;      // of the encoder
  int64_t depth = 4;
  int64_t num_heads = 4;
  int64_t decoder_dim = 32;
  int64_t decoder_depth = 2;
  int64_t decoder_num_heads = 4;
  double mlp_ratio = 4;
  double mask_ratio = 0.75;   // share of the patches that are removed
  bool norm_pix_loss = true;  // targets: each patch less its mean, over its standard deviation
  std::string norm = "layer_norm";

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;

  int64_t num_patches() const { return encoder().patches().num_patches(); }
  int64_t kept_patches() const;  // trunc(L * (1 - mask_ratio))
  VitConfig encoder() const;     // of one class and with token pooling
  nn::BlockOptions decoder_block_options() const;
};

struct MaeRow {
  std::string_view name;
  std::string_view summary;
  MaeConfig config;  // for RGB images of 224
};

// The published sizes: mae_vit_base_patch16, mae_vit_large_patch16, mae_vit_huge_patch14.
std::span<const MaeRow> mae_table();

struct MaeOutput {
  at::Tensor loss;  // (): mean squared error of the removed patches, over the whole batch
  at::Tensor pred;  // (B, L, p*p*C), in the order of patchify; of the norm_pix targets if set
  Masking masking;  // which patches were kept
};

class MaskedAutoencoder final : public torch::nn::Module {
 public:
  // Position tables and norm slots have their values, everything else is zero until initialize() or
  // a checkpoint. `options`: type and device, the meta device too.
  explicit MaskedAutoencoder(const MaeConfig& config, const at::TensorOptions& options = {});

  // images (B, C, H, W) of the configuration's size, noise (B, L): the patches of least noise are
  // kept. Error(kUsage) on other shapes.
  MaeOutput forward(const at::Tensor& images, const at::Tensor& noise);

  // What the encoder makes of the kept patches: (B, 1 + keep, D), after `norm`; of a folded model
  // without its weight and bias.
  at::Tensor encode(const at::Tensor& images, const Masking& masking);
  // Encoder tokens to predictions, (B, L, p*p*C).
  at::Tensor decode(const at::Tensor& tokens, const Masking& masking);

  // For pictures after training: puts weight and bias of every norm slot into the layer that
  // follows, the encoder's last into decoder_embed. Predictions stay the same but for rounding. A
  // second call changes nothing. What goes on to a classifier must not be folded.
  void fold();

  const MaeConfig& config() const { return config_; }

 private:
  MaeConfig config_;
  at::Tensor cls_token_, pos_embed_, mask_token_, decoder_pos_embed_;
  std::shared_ptr<nn::PatchEmbed> patch_embed_;
  std::shared_ptr<nn::BlockStack> blocks_, decoder_blocks_;
  std::shared_ptr<nn::Norm> norm_, decoder_norm_;
  std::shared_ptr<nn::Linear> decoder_embed_, decoder_pred_;
};

// Weights of the matrices and of the patch projection, seen as a matrix: Xavier-uniform, the
// queries', keys' and values' as one; biases 0, the projection's uniform within +-1/sqrt(C p^2);
// cls_token and mask_token normal(0, 0.02); norm slots: their own start.
void initialize(MaskedAutoencoder& model, uint64_t seed);

}  // namespace dyt::models
