// SPDX-License-Identifier: Apache-2.0
// Diffusion Transformer (Peebles, Xie, "Scalable Diffusion Models with Transformers", arXiv
// 2212.09748) with the names, the order and the semantics of facebookresearch/DiT of June 2023;
// what stands at the norm slots is a key.
//
//   DitConfig config = dit_config("dit_xl_2");         // latents of 4 x 32 x 32, 1000 classes
//   config.norm = "dyt";
//   auto model = std::make_shared<Dit>(config);
//   initialize(*model, /*seed=*/0);
//   at::Tensor output = model->forward(x, timesteps, labels);   // (B, C, S, S) -> (B, 2C, S, S)
//
// Every block is modulated by its sample's condition, the sum of the embeddings of timestep and
// label (adaLN): x <- x + gate * branch(slot(x) * (1 + scale) + shift). So the slots have neither
// weight nor bias, whatever the key says: a norm's has no parameters at all, DyT's alpha alone.
//
// Parameters: pos_embed (1, T, D), frozen; x_embedder.proj; t_embedder.mlp.{0, 2};
// y_embedder.embedding_table (K+1, D), row K for "no class"; blocks.i.{norm1, attn.qkv, attn.proj,
// norm2, mlp.fc1, mlp.fc2, adaLN_modulation.1}; final_layer.{norm_final, linear,
// adaLN_modulation.1}.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/nn/patch_embed.h"

namespace dyt::models {

struct DitConfig {
  int64_t image_size = 0;   // side S of the latents or images; 0: the data's
  int64_t channels = 0;     // C; 0: the data's
  int64_t num_classes = 0;  // K; 0: the data's
  int64_t patch_size = 4;
  int64_t dim = 192;
  int64_t depth = 6;
  int64_t num_heads = 3;
  double mlp_ratio = 4;
  bool learn_sigma = true;  // C more channels of output, which set the variance of a sampling step
  std::string zero_init = "auto";  // see initialize()
  std::string norm = "layer_norm";

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;

  int64_t hidden_dim() const { return static_cast<int64_t>(static_cast<double>(dim) * mlp_ratio); }
  int64_t out_channels() const { return learn_sigma ? 2 * channels : channels; }
};

struct DitSize {
  std::string_view name;  // "dit_xl_2": upstream's DiT-XL/2
  int64_t dim, depth, num_heads, patch_size;
};

std::span<const DitSize> dit_sizes();

// That size for latents of 4 x 32 x 32 (images of 256 pixels) and 1000 classes. Error(kUsage) on an
// unknown name gives the nearest one.
DitConfig dit_config(std::string_view name);

class DitBlock;
class DitFinalLayer;
class DitLabelEmbedding;
class DitTimestepEmbedding;

class Dit final : public torch::nn::Module {
 public:
  // All sizes must be set. Norm slots and pos_embed have their values, everything else is zero
  // until initialize() or a checkpoint. `options`: type and device, the meta device too.
  explicit Dit(const DitConfig& config, const at::TensorOptions& options = {});

  // x (B, C, S, S) in the parameters' type; timesteps (B), steps of the ORIGINAL diffusion process,
  // 0 .. 999, integers or not; labels (B) int64, 0 .. K-1, or K for "no class". -> (B,
  // out_channels, S, S): C channels of predicted noise, then C of raw variance. Draws nothing:
  // labels to be dropped in training come as K (see drop_labels). Error(kUsage) on other shapes
  // and, on the CPU, on labels out of range.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& timesteps, const at::Tensor& labels);

  const DitConfig& config() const { return config_; }
  int64_t null_label() const { return config_.num_classes; }

 private:
  at::Tensor unpatchify(const at::Tensor& patches) const;

  DitConfig config_;
  at::Tensor pos_embed_;
  std::shared_ptr<nn::PatchEmbed> x_embedder_;
  std::shared_ptr<DitTimestepEmbedding> t_embedder_;
  std::shared_ptr<DitLabelEmbedding> y_embedder_;
  std::vector<std::shared_ptr<DitBlock>> blocks_;
  std::shared_ptr<DitFinalLayer> final_layer_;
};

// Upstream's rule. Matrices and the patch projection: uniform(-b, b), b = sqrt(6 / (in + out)),
// biases 0; the label table and the two matrices of the timestep embedding: normal(0, 0.02);
// norm slots: their own start. Then `zero_init` says what is set to zero:
//   on      the modulation of every block and of the final layer and the output matrix: the
//           network starts as the identity and predicts 0 (DiT)
//   off     nothing (what the DyT release does with DiT)
//   blocks  the modulation of the blocks alone (a later DyT paper, for DiT-B)
//   auto    on for norms and for `none`, off for point-wise functions
// The draws are the same in all four.
void initialize(Dit& model, uint64_t seed);

// (B) int64: null_label where `dropped` (B, bool) says so. In training each label is dropped with
// probability 0.1, so that one network serves with and without a class; who draws is the caller.
at::Tensor drop_labels(const at::Tensor& labels, const at::Tensor& dropped, int64_t null_label);

}  // namespace dyt::models
