// Where a network starts if not at random weights (pretrained.h).
#pragma once

#include <string>

#include "dyt/core/config.h"

namespace dyt::tasks {

struct StartConfig {
  std::string from;        // a run's folder or a .safetensors file; empty: random weights
  double head_std = 2e-5;  // of the classifier's matrix, which the pre-training does not have

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::tasks
