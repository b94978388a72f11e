// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/diffusion_config.h"

namespace dyt::tasks {

void DiffusionTaskConfig::visit_fields(core::Fields& fields) {
  fields.add("label_dropout", label_dropout,
             {.help = "share of the training labels that are hidden, for guidance",
              .min = 0,
              .max = 0.99});
  fields.add("sampler", sampler,
             {.help = "ddim: without noise on the way; ddpm: with", .choices = {"ddim", "ddpm"}});
  fields.add("sampling_steps", sampling_steps,
             {.help = "steps of a sample, of the 1000 of training", .min = 2, .max = 1000});
  fields.add("guidance", guidance,
             {.help = "scale of classifier-free guidance; 1: none", .min = 0, .max = 100});
  fields.add("samples", samples,
             {.help = "pictures that an evaluation draws, class by class in turn",
              .min = 2,
              .max = 100000});
  fields.add("autoencoder", autoencoder,
             {.help = "diffusion on latents: a .safetensors file with the weights of diffusers' "
                      "AutoencoderKL, frozen; empty: on the images themselves",
              .identity = false});
  fields.add("classifier", classifier,
             {.help = "folder of a classifier's run on the same kind of images: an evaluation also "
                      "gives the distance of its samples' features from the test images', which is "
                      "no FID; empty: none",
              .identity = false});
  fields.add("classifier_other_data", classifier_other_data,
             {.help = "take diffusion.classifier though its data are no longer those that it was "
                      "trained on"});
}

}  // namespace dyt::tasks
