// SPDX-License-Identifier: Apache-2.0
// What a recipe says about its loop.
#pragma once

#include "dyt/core/config.h"

namespace dyt::train {

struct TrainConfig {
  int64_t epochs = 20;
  int64_t batch_size = 32;  // the last, smaller batch of an epoch is dropped
  double label_smoothing = 0;
  double ema = 0;                         // decay of the weights' moving average; 0: none
  std::string ema_evaluation = "beside";  // the average is evaluated beside the weights or instead
  int64_t threads = 1;
  int64_t checkpoint_every = 1;  // epochs

  void visit_fields(core::Fields& fields);
};

// Whole batches in so many samples; Error(kUsage) where there is none.
int64_t steps_per_epoch(const TrainConfig& config, int64_t samples);

}  // namespace dyt::train
