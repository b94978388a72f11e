// SPDX-License-Identifier: Apache-2.0
// ResNetConfig of resnet.h: its fields and what makes them fit together.
#include "dyt/models/config_checks.h"
#include "dyt/models/resnet.h"

namespace dyt::models {

void ResNetConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  fields.add("block", block,
             {.help = "basic: two 3x3 convolutions; bottleneck: 1x1, 3x3, 1x1, four times as wide "
                      "at its end",
              .choices = {"basic", "bottleneck"}});
  fields.add("depths", depths, {.help = "blocks of each stage", .min = 1, .max = 1000});
  fields.add("width", width,
             {.help = "of the first stage's 3x3 convolutions; doubles with each stage",
              .min = 1,
              .max = 65536});
  fields.add("stem", stem,
             {.help = "small: a 3x3 convolution; large: a 7x7 one by 2, then a pooling by 2",
              .choices = {"small", "large"}});
  fields.add("norm", norm,
             {.help = "the slot behind each convolution, kind[:key=value]..., as dyt:alpha0=auto"});
}

void ResNetConfig::validate() const {
  require_images(*this);
  require_positive("width", width);
  if (depths.empty() || depths.size() > 8) {
    throw_misfit("depths", "not a number of stages", "1 to 8", std::to_string(depths.size()));
  }
  for (const int64_t depth : depths) {
    require_positive("depths", depth);
  }
  nn::parse_norm_spec(norm);
}

}  // namespace dyt::models
