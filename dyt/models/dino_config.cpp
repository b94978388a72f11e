// SPDX-License-Identifier: Apache-2.0
// DinoConfig of dino.h: its fields, what makes them fit together, and the published sizes.
#include <vector>

#include "dyt/models/config_checks.h"
#include "dyt/models/dino.h"

namespace dyt::models {
namespace {

DinoConfig at_224(int64_t patch_size, int64_t dim, int64_t num_heads) {
  return {.image_size = 224,
          .patch_size = patch_size,
          .channels = 3,
          .dim = dim,
          .depth = 12,
          .num_heads = num_heads};
}

}  // namespace

void DinoConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  visit_transformer_fields(fields, *this);
  fields.add("drop_path", drop_path,
             {.help = "stochastic depth of the student: rate of the last block, rising from 0",
              .min = 0,
              .max = 0.99});
  fields.add("norm", norm, {.help = "the norm slot, kind[:key=value]..., as dyt:alpha0=auto"});
  fields.add(
      "out_dim", out_dim,
      {.help = "outputs of the head, the classes that nobody named", .min = 2, .max = 1 << 24});
  fields.add("head_hidden_dim", head_hidden_dim,
             {.help = "width of the head's hidden layers", .min = 1, .max = 65536});
  fields.add("head_bottleneck_dim", head_bottleneck_dim,
             {.help = "width before the head's last layer", .min = 1, .max = 65536});
  fields.add("head_layers", head_layers,
             {.help = "layers of the head before its last one", .min = 2, .max = 100});
  fields.add("head_batch_norm", head_batch_norm,
             {.help = "batch norm after the head's hidden layers"});
  fields.add("norm_last_layer", norm_last_layer,
             {.help = "the rows of the head's last layer stay at length 1"});
}

VitConfig DinoConfig::backbone() const {
  return {.image_size = image_size,
          .patch_size = patch_size,
          .channels = channels,
          .num_classes = 1,
          .dim = dim,
          .depth = depth,
          .num_heads = num_heads,
          .mlp_ratio = mlp_ratio,
          .global_pool = "token",
          .drop_path = drop_path,
          .norm = norm};
}

DinoHeadOptions DinoConfig::head() const {
  return {.in_dim = dim,
          .out_dim = out_dim,
          .hidden_dim = head_hidden_dim,
          .bottleneck_dim = head_bottleneck_dim,
          .layers = head_layers,
          .batch_norm = head_batch_norm,
          .norm_last_layer = norm_last_layer};
}

DinoConfig DinoConfig::teacher() const {
  DinoConfig config = *this;
  config.drop_path = 0;
  return config;
}

void DinoConfig::validate() const {
  backbone().validate();
  require_positive("out_dim", out_dim);
  require_positive("head_hidden_dim", head_hidden_dim);
  require_positive("head_bottleneck_dim", head_bottleneck_dim);
  if (head_layers < 2) {
    throw_misfit("head_layers", "the head has no hidden layer", "at least 2",
                 std::to_string(head_layers));
  }
}

std::span<const DinoRow> dino_table() {
  static const std::vector<DinoRow> kRows = {
      {.name = "dino_vit_tiny_patch16",
       .summary = "DINO, ViT-Ti/16: 192 wide, 12 blocks, 3 heads",
       .config = at_224(16, 192, 3)},
      {.name = "dino_vit_tiny_patch8",
       .summary = "DINO, ViT-Ti/8: 192 wide, 12 blocks, 3 heads",
       .config = at_224(8, 192, 3)},
      {.name = "dino_vit_small_patch16",
       .summary = "DINO, ViT-S/16: 384 wide, 12 blocks, 6 heads",
       .config = at_224(16, 384, 6)},
      {.name = "dino_vit_small_patch8",
       .summary = "DINO, ViT-S/8: 384 wide, 12 blocks, 6 heads",
       .config = at_224(8, 384, 6)},
      {.name = "dino_vit_base_patch16",
       .summary = "DINO, ViT-B/16: 768 wide, 12 blocks, 12 heads",
       .config = at_224(16, 768, 12)},
      {.name = "dino_vit_base_patch8",
       .summary = "DINO, ViT-B/8: 768 wide, 12 blocks, 12 heads",
       .config = at_224(8, 768, 12)},
  };
  return kRows;
}

}  // namespace dyt::models
