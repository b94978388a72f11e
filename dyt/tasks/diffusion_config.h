// SPDX-License-Identifier: Apache-2.0
// What a run of diffusion says beyond its network.
#pragma once

#include <string>

#include "dyt/core/config.h"

namespace dyt::tasks {

struct DiffusionTaskConfig {
  double label_dropout = 0.1;    // in training
  std::string sampler = "ddim";  // ddim, ddpm
  int64_t sampling_steps = 25;   // of the 1000 that it was trained on
  double guidance = 1;           // 1: none
  int64_t samples = 100;         // of an evaluation
  std::string autoencoder;       // weights (latent_space.h); "": on the images themselves
  std::string classifier;        // a run's folder; its features measure those samples; "": none
  bool classifier_other_data = false;  // take it though its data have changed

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::tasks
