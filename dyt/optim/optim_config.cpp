// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/optim_config.h"

namespace dyt::optim {

void OptimConfig::visit_fields(core::Fields& fields) {
  fields.add(
      "name", name,
      {.help = "the update: AdamW; SGD with momentum; LARS", .choices = {"adamw", "sgd", "lars"}});
  fields.add("lr", lr, {.help = "peak learning rate", .min = 0, .max = 100});
  fields.add("lr_min", lr_min,
             {.help = "learning rate at the end of the cosine", .min = 0, .max = 100});
  fields.add(
      "schedule", schedule,
      {.help = "the rate over the run. After a linear warm-up a cosine: cosine (the warm-up "
               "ends at the peak), cosine_array (it begins at 0 and ends at the peak), "
               "cosine_epoch (it begins at 0, the cosine at the peak), cosine_stairs (flat "
               "within each section); constant; step (a tenth with each section)",
       .choices = {"cosine", "cosine_array", "cosine_epoch", "cosine_stairs", "constant", "step"}});
  fields.add("warmup", warmup,
             {.help = "share of all steps with a linear warm-up", .min = 0, .max = 1});
  fields.add("sections", sections,
             {.help = "step, cosine_stairs: equal sections of the run after the warm-up",
              .min = 1,
              .max = 1000});
  fields.add("beta1", beta1,
             {.help = "AdamW: decay of the first moment", .min = 0, .max = 0.999999});
  fields.add("beta2", beta2,
             {.help = "AdamW: decay of the second moment", .min = 0, .max = 0.999999});
  fields.add("eps", eps,
             {.help = "AdamW: added to the root of the second moment", .min = 0, .max = 1});
  fields.add("momentum", momentum, {.help = "SGD and LARS", .min = 0, .max = 0.999999});
  fields.add("weight_decay", weight_decay,
             {.help = "decay of the weights that `decays` says", .min = 0, .max = 100});
  fields.add(
      "decays", decays,
      {.help = "what weight decay acts on: tensors of two and more dimensions without position "
               "tables and class tokens; with them; all",
       .choices = {"matrices", "tokens", "all"}});
  fields.add("layer_decay", layer_decay,
             {.help = "factor of the learning rate from each block to the one before it; 1: none",
              .min = 0.01,
              .max = 1});
  fields.add("clip_norm", clip_norm,
             {.help = "clip the norm of the gradient to this; 0: no clipping", .min = 0});
  fields.add("clip_each", clip_each,
             {.help = "clip each parameter's norm by itself, not the global one"});
}

bool takes_weight_decay(const OptimConfig& config, std::string_view name, int64_t dimensions) {
  if (config.decays == "all") {
    return true;
  }
  const bool is_token = name.ends_with("pos_embed") || name.ends_with("cls_token");
  return dimensions >= 2 && (config.decays == "tokens" || !is_token);
}

}  // namespace dyt::optim
