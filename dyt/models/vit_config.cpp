// VitConfig of vit.h: its fields and what makes them fit together.
#include "dyt/models/config_checks.h"
#include "dyt/models/vit.h"

namespace dyt::models {

void VitConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  fields.add("patch_size", patch_size,
             {.help = "side of a patch; divides image_size", .min = 1, .max = 1024});
  fields.add("dim", dim, {.help = "width; divisible by num_heads", .min = 1, .max = 65536});
  fields.add("depth", depth, {.help = "number of blocks", .min = 1, .max = 1000});
  fields.add("num_heads", num_heads, {.help = "attention heads", .min = 1, .max = 1024});
  fields.add("mlp_ratio", mlp_ratio,
             {.help = "width of the MLP's hidden layer over dim", .min = 0.01, .max = 64});
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
  require_positive("patch_size", patch_size);
  require_positive("dim", dim);
  require_positive("depth", depth);
  require_positive("num_heads", num_heads);
  require_positive("mlp_ratio", hidden_dim());
  if (image_size % patch_size != 0) {
    throw_misfit("patch_size", "the image size is not divisible by the patch size",
                 "a number that divides " + std::to_string(image_size), std::to_string(patch_size));
  }
  if (dim % num_heads != 0) {
    throw_misfit("num_heads", "the width is not divisible by the number of heads",
                 "a number that divides " + std::to_string(dim), std::to_string(num_heads));
  }
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
