// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/dino_config.h"

namespace dyt::tasks {

void DinoTaskConfig::visit_fields(core::Fields& fields) {
  fields.add("local_crops", local_crops,
             {.help = "small crops of an image, beside two large ones", .min = 0, .max = 100});
  fields.add("local_size", local_size,
             {.help = "side of the small crops; 0: half the image, up to whole patches",
              .min = 0,
              .max = 4096});
  fields.add("global_min_area", global_min_area,
             {.help = "least share of the image that a large crop shows", .min = 0.001, .max = 1});
  fields.add("local_min_area", local_min_area,
             {.help = "least share of the image that a small crop shows", .min = 0.001, .max = 1});
  fields.add(
      "local_max_area", local_max_area,
      {.help = "largest share of the image that a small crop shows", .min = 0.001, .max = 1});
  fields.add(
      "momentum", momentum,
      {.help = "of the teacher at the first step; a cosine takes it to 1", .min = 0, .max = 1});
  fields.add("warmup_teacher_temperature", warmup_teacher_temperature,
             {.help = "the teacher's temperature in the first epoch", .min = 1e-3, .max = 10});
  fields.add("teacher_temperature", teacher_temperature,
             {.help = "the teacher's temperature after its warm-up", .min = 1e-3, .max = 10});
  fields.add(
      "warmup_share", warmup_share,
      {.help = "share of the epochs from the one temperature to the other", .min = 0, .max = 1});
  fields.add("weight_decay_end", weight_decay_end,
             {.help = "weight decay at the end, by a cosine from optim.weight_decay",
              .min = 0,
              .max = 100});
  fields.add(
      "freeze_last_layer", freeze_last_layer,
      {.help = "epochs in which the head's last layer is not trained", .min = 0, .max = 1e6});
}

}  // namespace dyt::tasks
