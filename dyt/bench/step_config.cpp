// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_config.h"

namespace dyt::bench {

void StepBenchConfig::visit_fields(core::Fields& fields) {
  fields.add("models", models, {.help = "rows of `dyt models` that class images"});
  fields.add("slots", slots, {.help = "norm slots; the first is the baseline"});
  fields.add("passes", passes,
             {.help = "training: forward, backward and AdamW; inference: forward; folded: forward "
                      "with the slots' weight and bias folded into the next layers",
              .choices = {"training", "inference", "folded"}});
  fields.add("dtype", dtype,
             {.help = "type of images and parameters", .choices = {"float32", "bfloat16"}});
  fields.add(
      "device", device,
      {.help = "where the model lives: auto (a GPU where one can be used), cpu, cuda, cuda:i"});
  fields.add("python", python,
             {.help = "a Python with PyTorch, in which the same step of a ViT runs eagerly as a "
                      "peer; empty: without it"});
  fields.add("batch_size", batch_size, {.help = "images of a step", .min = 1, .max = 65536});
  fields.add("image_size", image_size,
             {.help = "side of the images; 0: the model's own, 32 where it has none",
              .min = 0,
              .max = 4096});
  fields.add("num_classes", num_classes, {.help = "width of the head", .min = 1, .max = 1e6});
  fields.add("threads", threads, {.help = "0: all cores", .min = 0, .max = 1024});
  fields.add("rounds", rounds, {.help = "steps of every slot", .min = 3, .max = 1e4});
}

}  // namespace dyt::bench
