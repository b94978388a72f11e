#include "dyt/train/train_config.h"

namespace dyt::train {

void TrainConfig::visit_fields(core::Fields& fields) {
  fields.add("epochs", epochs, {.help = "passes over the training data", .min = 1, .max = 1e6});
  fields.add("batch_size", batch_size,
             {.help = "samples a step; the last, smaller batch of an epoch is dropped",
              .min = 1,
              .max = 1e6});
  fields.add("label_smoothing", label_smoothing,
             {.help = "share of the target spread over all classes", .min = 0, .max = 1});
  fields.add("threads", threads,
             {.help = "threads of this run", .min = 1, .max = 1024, .identity = false});
  fields.add("checkpoint_every", checkpoint_every,
             {.help = "epochs from one checkpoint to the next", .min = 1, .max = 1e6, .identity = false});
}

}  // namespace dyt::train
