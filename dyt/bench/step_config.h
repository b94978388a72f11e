// SPDX-License-Identifier: Apache-2.0
// What `dyt bench step` measures.
#pragma once

#include "dyt/core/config.h"

namespace dyt::bench {

struct StepBenchConfig {
  std::vector<std::string> models = {"vit_base_patch16_224"};
  std::vector<std::string> slots = {
      "layer_norm:impl=torch", "layer_norm", "rms_norm", "dyt", "derf", "none"};
  std::vector<std::string> passes = {"training"};
  std::string dtype = "float32";
  std::string device = "auto";
  std::string python;  // "": no peer that needs it
  int64_t batch_size = 4;
  int64_t image_size = 0;  // 0: the model's own, 32 where it has none
  int64_t num_classes = 1000;
  int64_t threads = 0;
  int64_t rounds = 7;

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::bench
