// SPDX-License-Identifier: Apache-2.0
// VitConfig of vit.h: its fields and what makes them fit together.
#include "dyt/models/config_checks.h"
#include "dyt/models/vit.h"

namespace dyt::models {

void VitConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  visit_transformer_fields(fields, *this);
  fields.add("global_pool", global_pool,
             {.help = "what the head sees: the patch tokens' mean, or the class token",
              .choices = {"avg", "token"}});
  fields.add("init_values", init_values,
             {.help = "where the layer scale starts; 0: no layer scale", .min = 0, .max = 100});
  fields.add("drop_path", drop_path,
             {.help = "stochastic depth: rate of the last block, rising from 0 at the first",
              .min = 0,
              .max = 0.99});
  fields.add("qk_norm", qk_norm,
             {.help = "the norm slot on queries and keys too, over the channels of a head"});
  fields.add("norm", norm, {.help = "the norm slot, kind[:key=value]..., as dyt:alpha0=auto"});
}

void VitConfig::validate() const {
  require_images(*this);
  require_transformer(*this);
  nn::parse_norm_spec(norm);
}

nn::PatchEmbedShape VitConfig::patches() const {
  return {.image_size = image_size, .patch_size = patch_size, .channels = channels, .dim = dim};
}

nn::BlockOptions VitConfig::block_options() const {
  return {.dim = dim,
          .num_heads = num_heads,
          .hidden_dim = hidden_dim(),
          .norm = nn::parse_norm_spec(norm),
          .qk_norm = qk_norm,
          .init_values = init_values,
          .drop_path = drop_path};
}

}  // namespace dyt::models
