// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/mae.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <sstream>

#include "dyt/core/error.h"
#include "dyt/models/layer_init.h"
#include "dyt/models/positions.h"
#include "dyt/nn/fold.h"

namespace dyt::models {
namespace {

// Rows of each sample, (B, N, C) by index (B, M) -> (B, M, C).
at::Tensor take_rows(const at::Tensor& tokens, const at::Tensor& index) {
  return tokens.gather(1, index.unsqueeze(-1).expand({-1, -1, tokens.size(2)}));
}

void check_noise(const at::Tensor& noise, int64_t B, int64_t L) {
  if (noise.sizes() != at::IntArrayRef({B, L})) {
    std::ostringstream found;
    found << noise.sizes();
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "noise that does not fit the images",
         .expected = "[" + std::to_string(B) + ", " + std::to_string(L) + "], a number a patch",
         .found = found.str()});
  }
}

}  // namespace

// The order of the members' registration is upstream's order of the parameters.
MaskedAutoencoder::MaskedAutoencoder(const MaeConfig& config, const at::TensorOptions& options)
    : config_(config) {
  config.validate();
  const nn::PatchEmbedShape patches = config.encoder().patches();
  const nn::NormSpec norm = nn::parse_norm_spec(config.norm);
  // Frozen parameters, not buffers: they stand among upstream's parameters and in its counts.
  const auto frozen_table = [&](const char* name, int64_t dim) {
    const at::Tensor table = sincos_positions(dim, patches.grid_side(), /*class_entry=*/true);
    return register_parameter(name, at::zeros(table.sizes(), options).copy_(table),
                              /*requires_grad=*/false);
  };
  const auto slot = [&](const char* name, int64_t dim) {
    return register_module(
        name, nn::make_norm(norm, dim, nn::Site::kFinal, nn::Layout::kChannelsLast, options));
  };
  const auto blocks = [&](const char* name, const nn::BlockOptions& block, int64_t depth) {
    return register_module(name, std::make_shared<nn::BlockStack>(block, depth, options));
  };
  const auto linear = [&](const char* name, int64_t in, int64_t out) {
    return register_module(name, std::make_shared<nn::Linear>(in, out, options));
  };
  const int64_t D = config.dim, d = config.decoder_dim;
  cls_token_ = register_parameter("cls_token", at::zeros({1, 1, D}, options));
  pos_embed_ = frozen_table("pos_embed", D);
  mask_token_ = register_parameter("mask_token", at::zeros({1, 1, d}, options));
  decoder_pos_embed_ = frozen_table("decoder_pos_embed", d);
  patch_embed_ = register_module("patch_embed", std::make_shared<nn::PatchEmbed>(patches, options));
  blocks_ = blocks("blocks", config.encoder().block_options(), config.depth);
  norm_ = slot("norm", D);
  decoder_embed_ = linear("decoder_embed", D, d);
  decoder_blocks_ = blocks("decoder_blocks", config.decoder_block_options(), config.decoder_depth);
  decoder_norm_ = slot("decoder_norm", d);
  decoder_pred_ = linear("decoder_pred", d, patches.patch_values());
}

at::Tensor MaskedAutoencoder::encode(const at::Tensor& images, const Masking& masking) {
  const at::Tensor patches = patch_embed_->forward(images) + pos_embed_.slice(1, 1);  // (B, L, D)
  const at::Tensor class_tokens =
      (cls_token_ + pos_embed_.slice(1, 0, 1)).expand({images.size(0), -1, -1});
  const nn::Stream stream =
      blocks_->forward({.branch = at::cat({class_tokens, take_rows(patches, masking.kept)}, 1)});
  return norm_->forward_add(stream.branch, stream.residual).y;
}

at::Tensor MaskedAutoencoder::decode(const at::Tensor& tokens, const Masking& masking) {
  const at::Tensor seen = decoder_embed_->forward(tokens);  // (B, 1 + keep, d)
  const int64_t B = seen.size(0), removed = masking.inverse.size(1) - masking.kept.size(1);
  const at::Tensor in_order_of_noise =
      at::cat({seen.slice(1, 1), mask_token_.expand({B, removed, -1})}, 1);  // (B, L, d)
  const at::Tensor all =
      at::cat({seen.slice(1, 0, 1), take_rows(in_order_of_noise, masking.inverse)}, 1);
  const nn::Stream stream = decoder_blocks_->forward({.branch = all + decoder_pos_embed_});
  const at::Tensor normed = decoder_norm_->forward_add(stream.branch, stream.residual).y;
  return decoder_pred_->forward(normed).slice(1, 1);
}

MaeOutput MaskedAutoencoder::forward(const at::Tensor& images, const at::Tensor& noise) {
  check_noise(noise, images.dim() > 0 ? images.size(0) : 0, config_.num_patches());
  Masking masking = mask_patches(noise, config_.kept_patches());
  const at::Tensor pred = decode(encode(images, masking), masking);
  const at::Tensor target = patch_targets(images, config_.patch_size, config_.norm_pix_loss);
  return {.loss = masked_patch_loss(pred, target, masking.mask),
          .pred = pred,
          .masking = std::move(masking)};
}

void MaskedAutoencoder::fold() {
  blocks_->fold();
  nn::fold(*norm_, {decoder_embed_.get()});
  decoder_blocks_->fold();
  nn::fold(*decoder_norm_, {decoder_pred_.get()});
  norm_->set_in_place(true);
  decoder_norm_->set_in_place(true);
}

void initialize(MaskedAutoencoder& model, uint64_t seed) {
  initialize_layers(model, {.linear = xavier_uniform(), .patch_projection = xavier_uniform()},
                    seed);
  constexpr double kTokenStd = 0.02;
  const auto own = model.named_parameters(/*recurse=*/false);
  for (const char* name : {"cls_token", "mask_token"}) {
    normal(kTokenStd)(own[name], seed, name);
  }
}

}  // namespace dyt::models
