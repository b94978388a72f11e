// SPDX-License-Identifier: Apache-2.0
// MaeConfig of mae.h: its fields, what makes them fit together, and the published sizes.
#include <vector>

#include "dyt/models/config_checks.h"
#include "dyt/models/mae.h"

namespace dyt::models {
namespace {

MaeConfig mae_at_224(int64_t patch_size, int64_t dim, int64_t depth, int64_t num_heads) {
  return {.image_size = 224,
          .patch_size = patch_size,
          .channels = 3,
          .dim = dim,
          .depth = depth,
          .num_heads = num_heads,
          .decoder_dim = 512,
          .decoder_depth = 8,
          .decoder_num_heads = 16};
}

// The tables of sines and cosines have four parts.
void require_quarters(const std::string& key, int64_t width) {
  if (width % 4 != 0) {
    throw_misfit(key, "the position table needs a width of four equal parts",
                 "a number divisible by 4", std::to_string(width));
  }
}

}  // namespace

void MaeConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  visit_transformer_fields(fields, *this);
  fields.add("decoder_dim", decoder_dim,
             {.help = "width of the decoder; divisible by 4 and decoder_num_heads",
              .min = 4,
              .max = 65536});
  fields.add("decoder_depth", decoder_depth,
             {.help = "blocks of the decoder", .min = 1, .max = 1000});
  fields.add("decoder_num_heads", decoder_num_heads,
             {.help = "attention heads of the decoder", .min = 1, .max = 1024});
  fields.add("mask_ratio", mask_ratio,
             {.help = "share of the patches that are removed", .min = 0, .max = 1});
  fields.add("norm_pix_loss", norm_pix_loss,
             {.help = "predict each patch less its mean, over its standard deviation"});
  fields.add("norm", norm, {.help = "the norm slot, kind[:key=value]..., as dyt:alpha0=auto"});
}

VitConfig MaeConfig::encoder() const {
  return {.image_size = image_size,
          .patch_size = patch_size,
          .channels = channels,
          .num_classes = 1,
          .dim = dim,
          .depth = depth,
          .num_heads = num_heads,
          .mlp_ratio = mlp_ratio,
          .global_pool = "token",
          .norm = norm};
}

nn::BlockOptions MaeConfig::decoder_block_options() const {
  const auto hidden = static_cast<int64_t>(static_cast<double>(decoder_dim) * mlp_ratio);
  return {.dim = decoder_dim,
          .num_heads = decoder_num_heads,
          .hidden_dim = hidden,
          .norm = nn::parse_norm_spec(norm)};
}

int64_t MaeConfig::kept_patches() const {
  return static_cast<int64_t>(static_cast<double>(num_patches()) * (1 - mask_ratio));
}

void MaeConfig::validate() const {
  encoder().validate();
  require_positive("decoder_dim", decoder_dim);
  require_positive("decoder_depth", decoder_depth);
  require_positive("decoder_num_heads", decoder_num_heads);
  require_quarters("dim", dim);
  require_quarters("decoder_dim", decoder_dim);
  if (decoder_dim % decoder_num_heads != 0) {
    throw_misfit("decoder_num_heads", "the decoder's width is not divisible by its heads",
                 "a number that divides " + std::to_string(decoder_dim),
                 std::to_string(decoder_num_heads));
  }
  if (kept_patches() < 1 || kept_patches() >= num_patches()) {
    throw_misfit("mask_ratio", "no patch would be left to see, or none to predict",
                 "a share that keeps 1 to " + std::to_string(num_patches() - 1) + " of " +
                     std::to_string(num_patches()) + " patches",
                 std::to_string(mask_ratio));
  }
}

std::span<const MaeRow> mae_table() {
  static const std::vector<MaeRow> kRows = {
      {.name = "mae_vit_base_patch16",
       .summary = "MAE, ViT-B/16: 768 wide, 12 blocks, 12 heads",
       .config = mae_at_224(16, 768, 12, 12)},
      {.name = "mae_vit_large_patch16",
       .summary = "MAE, ViT-L/16: 1024 wide, 24 blocks, 16 heads",
       .config = mae_at_224(16, 1024, 24, 16)},
      {.name = "mae_vit_huge_patch14",
       .summary = "MAE, ViT-H/14: 1280 wide, 32 blocks, 16 heads",
       .config = mae_at_224(14, 1280, 32, 16)},
  };
  return kRows;
}

}  // namespace dyt::models
