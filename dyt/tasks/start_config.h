// SPDX-License-Identifier: Apache-2.0
// Where a network starts if not at random weights, and what of it is trained (pretrained.h).
#pragma once

#include <string>

#include "dyt/core/config.h"

namespace dyt::tasks {

struct StartConfig {
  std::string from;        // a run's folder or a .safetensors file; empty: random weights
  double head_std = 2e-5;  // of the classifier's matrix, which the pre-training does not have
  // none: all weights are trained. Otherwise the encoder is frozen and a matrix on its features is
  // trained (models/probe_classifier.h): batch_norm, last_class_tokens, token_and_mean.
  std::string probe = "none";

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::tasks
