// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/data_config.h"

namespace dyt::bench {

void DataBenchConfig::visit_fields(core::Fields& fields) {
  fields.add("folder", folder, {.help = "JPEG or PNG files, one folder a class"});
  fields.add("transforms", transforms,
             {.help = "what becomes of an image; resized_crop: random crop, bicubic, flip; "
                      "supervised: RandAugment and erasing too; evaluation: shorter side, centre; "
                      "dino: two large and ten small crops with colours and blur",
              .choices = {"resized_crop", "supervised", "evaluation", "dino"}});
  fields.add("image_size", image_size, {.help = "side of the views", .min = 16, .max = 4096});
  fields.add("batch_size", batch_size, {.help = "images of a batch", .min = 1, .max = 65536});
  fields.add("workers", workers,
             {.help = "threads of ours, processes of torchvision's; 0: one a core",
              .min = 0,
              .max = 1024});
  fields.add("images", images,
             {.help = "images of a turn; 0: four batches for every worker", .min = 0, .max = 1e8});
  fields.add("rounds", rounds, {.help = "turns of every contender", .min = 3, .max = 1e4});
  fields.add("python", python,
             {.help = "a Python with PyTorch and torchvision, whose loader is the peer (timm too "
                      "for 'supervised'); empty: without it"});
}

}  // namespace dyt::bench
