// SPDX-License-Identifier: Apache-2.0
// VggConfig of vgg.h: its fields and what makes them fit together.
#include "dyt/models/config_checks.h"
#include "dyt/models/vgg.h"

namespace dyt::models {

void VggConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  fields.add("depths", depths,
             {.help = "convolutions of each stage; a pooling by 2 ends it", .min = 1, .max = 1000});
  fields.add("dims", dims, {.help = "width of each stage", .min = 1, .max = 65536});
  fields.add("pool_size", pool_size,
             {.help = "side of the map that the classifier sees", .min = 1, .max = 64});
  fields.add("hidden_dim", hidden_dim,
             {.help = "width of the classifier's two hidden layers", .min = 1, .max = 65536});
  fields.add("dropout", dropout,
             {.help = "rate of the dropout behind each hidden layer", .min = 0, .max = 0.99});
  fields.add("norm", norm,
             {.help = "the slot behind each convolution, kind[:key=value]..., as dyt:alpha0=auto"});
}

void VggInit::visit_fields(core::Fields& fields) {
  fields.add("linear_std", linear_std,
             {.help = "standard deviation of the classifier's weights", .min = 0, .max = 2});
}

void VggConfig::validate() const {
  require_images(*this);
  require_positive("pool_size", pool_size);
  require_positive("hidden_dim", hidden_dim);
  require_stages(depths, dims);
  const int64_t smallest = int64_t{1} << dims.size();
  if (image_size < smallest) {
    throw_misfit("image_size", "nothing is left of the image after the last stage",
                 "at least 2^stages = " + std::to_string(smallest), std::to_string(image_size));
  }
  nn::parse_norm_spec(norm);
}

}  // namespace dyt::models
