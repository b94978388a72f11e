// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/train_config.h"

#include "dyt/core/error.h"

namespace dyt::train {

void TrainConfig::visit_fields(core::Fields& fields) {
  fields.add("epochs", epochs, {.help = "passes over the training data", .min = 1, .max = 1e6});
  fields.add("batch_size", batch_size,
             {.help = "samples a step; the last, smaller batch of an epoch is dropped",
              .min = 1,
              .max = 1e6});
  fields.add("label_smoothing", label_smoothing,
             {.help = "share of the target spread over all classes", .min = 0, .max = 1});
  fields.add(
      "ema", ema,
      {.help = "decay of a moving average of the weights, evaluated and saved beside them; 0: "
               "none",
       .min = 0,
       .max = 0.9999999});
  fields.add("ema_evaluation", ema_evaluation,
             {.help = "with ema: the average is evaluated beside the weights, or instead of them",
              .choices = {"beside", "instead"}});
  fields.add("threads", threads,
             {.help = "threads of this run", .min = 1, .max = 1024, .identity = false});
  fields.add(
      "checkpoint_every", checkpoint_every,
      {.help = "epochs from one checkpoint to the next", .min = 1, .max = 1e6, .identity = false});
}

int64_t steps_per_epoch(const TrainConfig& config, int64_t samples) {
  const int64_t steps = samples / config.batch_size;
  if (steps == 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the batch is larger than the training data",
                       .where = "train.batch_size",
                       .expected = "at most " + std::to_string(samples),
                       .found = std::to_string(config.batch_size)});
  }
  return steps;
}

}  // namespace dyt::train
