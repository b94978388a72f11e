// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vit_init.h"

#include "dyt/models/layer_init.h"
#include "dyt/models/vit.h"

namespace dyt::models {
namespace {

constexpr double kLargestStd =
    2;  // the bounds of the truncation: beyond it most draws are rejected

}  // namespace

void VitInit::visit_fields(core::Fields& fields) {
  fields.add("linear_std", linear_std,
             {.help = "standard deviation of the linear layers' weights, head included; goes with "
                      "1/sqrt(width): 0.07 at 64, 0.02 at 768",
              .min = 0,
              .max = kLargestStd});
  fields.add("position_std", position_std,
             {.help = "standard deviation of the position table", .min = 0, .max = kLargestStd});
  fields.add("class_token_std", class_token_std,
             {.help = "standard deviation of the class token", .min = 0, .max = kLargestStd});
}

void initialize(VisionTransformer& model, const VitInit& init, uint64_t seed) {
  initialize_layers(model, {.linear = truncated_normal(init.linear_std)}, seed);
  const auto own = model.named_parameters(/*recurse=*/false);
  truncated_normal(init.position_std)(own["pos_embed"], seed, "pos_embed");
  normal(init.class_token_std)(own["cls_token"], seed, "cls_token");
}

}  // namespace dyt::models
