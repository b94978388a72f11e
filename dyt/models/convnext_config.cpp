// SPDX-License-Identifier: Apache-2.0
// ConvNextConfig of convnext.h: its fields and what makes them fit together.
#include "dyt/models/config_checks.h"
#include "dyt/models/convnext.h"

namespace dyt::models {

void ConvNextConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  fields.add("depths", depths,
             {.help = "blocks of each stage; timm's class loads weights of 4 stages alone",
              .min = 1,
              .max = 1000});
  fields.add("dims", dims, {.help = "width of each stage", .min = 1, .max = 65536});
  fields.add("patch_size", patch_size,
             {.help = "kernel and stride of the stem; timm's class loads weights of 4 alone",
              .min = 1,
              .max = 1024});
  fields.add("kernel_size", kernel_size,
             {.help = "kernel of the depthwise convolutions; odd", .min = 1, .max = 99});
  fields.add("mlp_ratio", mlp_ratio,
             {.help = "width of the MLP's hidden layer over the stage's", .min = 0.01, .max = 64});
  fields.add("init_values", init_values,
             {.help = "where gamma starts; 0: no gamma", .min = 0, .max = 100});
  fields.add("drop_path", drop_path,
             {.help = "stochastic depth: rate of the last block, rising over all stages",
              .min = 0,
              .max = 0.99});
  fields.add("norm", norm, {.help = "the norm slot, kind[:key=value]..., as dyt:alpha0=auto"});
}

void ConvNextInit::visit_fields(core::Fields& fields) {
  fields.add("linear_std", linear_std,
             {.help = "standard deviation of the weights of matrices and convolutions",
              .min = 0,
              .max = 2});  // beyond that the truncation at -2 and 2 rejects most draws
  fields.add("head_scale", head_scale,
             {.help = "factor of the head's start weights", .min = 0, .max = 100});
}

void ConvNextConfig::validate() const {
  require_images(*this);
  require_positive("patch_size", patch_size);
  require_stages(depths, dims);
  if (kernel_size < 1 || kernel_size % 2 == 0) {
    throw_misfit("kernel_size", "the depthwise convolution has no middle", "an odd number",
                 std::to_string(kernel_size));
  }
  const int64_t smallest = patch_size << (dims.size() - 1);
  if (image_size < smallest) {
    throw_misfit("image_size", "nothing is left of the image in the last stage",
                 "at least patch_size * 2^(stages - 1) = " + std::to_string(smallest),
                 std::to_string(image_size));
  }
  nn::parse_norm_spec(norm);
}

}  // namespace dyt::models
