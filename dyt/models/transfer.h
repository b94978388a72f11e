// SPDX-License-Identifier: Apache-2.0
// From a pre-trained encoder to a classifier: what MAE's fine-tuning and linear probing (release of
// April 2022) take out of a checkpoint of MAE or DINO, as a function of named tensors.
//
//   auto model = std::make_shared<VisionTransformer>(config);
//   initialize(*model, init, seed);                        // what the checkpoint lacks keeps this
//   const Transfer transfer = load_pretrained(*model, tensors_of_the_checkpoint);
//   initialize_head(*model, seed);
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dyt/models/positions.h"

namespace torch::nn {
class Module;
}

namespace dyt::models {

struct TransferOptions {
  bool allow_missing_alpha = false;  // a checkpoint with norms into a network with DyT
  // Position table (1, 1 + L, D) to another grid: the rule of who made it (positions.h).
  at::Tensor (*resample)(const at::Tensor&, int64_t grid_side) = resample_positions_mae;
};

// Names: those loaded, resampled (of the loaded) and missing are the model's, those dropped the
// checkpoint's.
struct Transfer {
  std::vector<std::string> loaded, resampled, dropped, missing;
};

// Copies into a VisionTransformer, VitEncoder, LinearProbe or ConvNext what fits it:
//  - prefixes `module.` and `backbone.` are taken off;
//  - dropped: `mask_token`, `decoder*`, `head.*` (of a ConvNext `head.fc.*` alone), and `norm.*`
//    where the model has no `norm` (average pooling has its own, new `fc_norm`) and the checkpoint
//    no `head.weight`: a classifier's `norm` is not dropped, which is an error;
//  - a position table of another grid is resampled by the options' rule;
//  - missing may be that head and `fc_norm.*`, and `*.alpha` where the options say so.
// Error(kData) on anything else missing, unexpected or of another shape: then nothing has been
// copied. What was frozen in the checkpoint's network (MAE's pos_embed) is trained here if the
// model's own parameter is.
Transfer load_pretrained(torch::nn::Module& model,
                         const std::vector<std::pair<std::string, at::Tensor>>& checkpoint,
                         const TransferOptions& options = {});

// The classifier's matrix as MAE's fine-tuning starts it: normal(0, std) truncated at -2 and 2,
// bias 0, from the stream of its name: `head.fc` where the model has it, else `head`.
void initialize_head(torch::nn::Module& model, uint64_t seed, double std = 2e-5);

}  // namespace dyt::models
