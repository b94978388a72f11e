// SPDX-License-Identifier: Apache-2.0
// Whose neighbours vote in knn_evaluation.h.
#pragma once

#include "dyt/core/config.h"

namespace dyt::tasks {

struct KnnConfig {
  int64_t k = 20;
  double temperature = 0.07;
  int64_t train_images = 5000;  // of the training images, some of every class; 0: all

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::tasks
