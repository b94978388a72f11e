// SPDX-License-Identifier: Apache-2.0
// What a run of self-distillation says beyond its network.
#pragma once

#include "dyt/core/config.h"

namespace dyt::tasks {

struct DinoTaskConfig {
  int64_t local_crops = 6;
  int64_t local_size = 0;        // side; 0: half the image, up to whole patches
  double global_min_area = 0.4;  // of the image
  double local_min_area = 0.05;
  double local_max_area = 0.4;
  double momentum = 0.996;  // of the teacher at the first step; a cosine takes it to 1
  double warmup_teacher_temperature = 0.04;
  double teacher_temperature = 0.07;
  double warmup_share = 0.125;    // of the epochs, from the one temperature to the other
  double weight_decay_end = 0.4;  // a cosine from optim.weight_decay
  int64_t freeze_last_layer = 1;  // epochs in which the head's last layer stays as it is

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::tasks
