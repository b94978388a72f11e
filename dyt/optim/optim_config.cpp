#include "dyt/optim/optim_config.h"

namespace dyt::optim {

void OptimConfig::visit_fields(core::Fields& fields) {
  fields.add("lr", lr, {.help = "peak learning rate", .min = 0, .max = 100});
  fields.add("lr_min", lr_min,
             {.help = "learning rate at the end of the cosine", .min = 0, .max = 100});
  fields.add("warmup", warmup,
             {.help = "share of all steps with a linear warm-up", .min = 0, .max = 1});
  fields.add("beta1", beta1,
             {.help = "AdamW: decay of the first moment", .min = 0, .max = 0.999999});
  fields.add("beta2", beta2,
             {.help = "AdamW: decay of the second moment", .min = 0, .max = 0.999999});
  fields.add("eps", eps,
             {.help = "AdamW: added to the root of the second moment", .min = 0, .max = 1});
  fields.add("weight_decay", weight_decay,
             {.help = "AdamW: decay of matrices (not of positions, class token, 1-D parameters)",
              .min = 0,
              .max = 100});
  fields.add("clip_norm", clip_norm,
             {.help = "clip the global norm of the gradient to this; 0: no clipping", .min = 0});
}

bool takes_weight_decay(std::string_view name, int64_t dimensions) {
  return dimensions >= 2 && !name.ends_with("pos_embed") && !name.ends_with("cls_token");
}

}  // namespace dyt::optim
