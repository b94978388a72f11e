// SPDX-License-Identifier: Apache-2.0
// What a recipe says about its optimizer: the rule, the learning rate over the run, decay,
// clipping.
#pragma once

#include <string>
#include <string_view>

#include "dyt/core/config.h"

namespace dyt::optim {

struct OptimConfig {
  std::string name = "adamw";       // adamw, sgd, lars
  double lr = 3e-3;                 // peak
  double lr_min = 1e-5;             // where the cosine ends
  std::string schedule = "cosine";  // see schedule.h
  double warmup = 0.1;              // share of all steps
  int64_t sections = 3;             // of the schedules step, cosine_stairs
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double momentum = 0.9;  // sgd, lars
  double weight_decay = 0.05;
  std::string decays = "matrices";  // what weight decay acts on, see takes_weight_decay()
  double layer_decay = 1;           // factor of the rate from a block to the one before it
  double clip_norm = 0;             // 0: no clipping
  bool clip_each = false;           // each parameter's norm by itself instead of the global one

  void visit_fields(core::Fields& fields);
};

// Whether weight decay acts on a parameter, by config.decays:
//   matrices   tensors of two or more dimensions, but not position tables and class tokens (the
//              supervised recipes for ViTs; DyT's alpha, weight and bias are 1-D)
//   tokens     those too (MAE's pre-training and DINO)
//   all        every parameter (torchvision's recipes)
bool takes_weight_decay(const OptimConfig& config, std::string_view name, int64_t dimensions);

}  // namespace dyt::optim
