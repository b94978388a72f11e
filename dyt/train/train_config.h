// What a recipe says about its loop.
#pragma once

#include "dyt/core/config.h"

namespace dyt::train {

struct TrainConfig {
  int64_t epochs = 20;
  int64_t batch_size = 32;      // the last, smaller batch of an epoch is dropped
  double label_smoothing = 0;
  int64_t threads = 1;
  int64_t checkpoint_every = 1;  // epochs

  void visit_fields(core::Fields& fields);
};

}  // namespace dyt::train
