// SPDX-License-Identifier: Apache-2.0
// Mixup and CutMix of a whole batch (timm 1.0.15, data/mixup.py, mode "batch"): sample k is mixed
// with sample B-1-k.
//
//   core::RandomStream random(seed, "mixup", {epoch, batch});
//   const Mix mix = draw_mix(config, {.height = 224, .width = 224}, random);
//   apply_mix(images, mix);                                              // (B, C, H, W), in place
//   const at::Tensor targets = soft_targets(labels, 1000, mix.lam, /*smoothing=*/0.1);
//   const at::Tensor loss = at::cross_entropy_loss(logits, targets);     // mean of -sum(y log p)
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "dyt/core/config.h"
#include "dyt/core/random.h"
#include "dyt/pixels/crop.h"

namespace dyt::data {

struct MixConfig {
  double mixup = 0.8;         // lam ~ Beta(mixup, mixup); 0: no Mixup
  double cutmix = 1.0;        // of CutMix; 0: none
  double probability = 1.0;   // that a batch is mixed at all
  double cutmix_share = 0.5;  // probability of CutMix where both are on

  void visit_fields(core::Fields& fields);
};

// lam is the share of the sample itself; 1: nothing is mixed. With a box CutMix, without one Mixup.
struct Mix {
  double lam = 1;
  std::optional<pixels::Rectangle> box;
};

// Beta(a, b) as G(a) / (G(a) + G(b)), G by Marsaglia and Tsang, "A simple method for generating
// gamma variables" (2000). a, b > 0.
double draw_beta(double a, double b, core::RandomStream& random);

// Draws whether, which, lam, and of CutMix the row, then the column of the box's centre.
Mix draw_mix(const MixConfig& config, const pixels::Size& image, core::RandomStream& random);

// The box trunc(H r) x trunc(W r), r = sqrt(1 - lam), about the centre: from centre - side div 2 to
// centre + side div 2, cut off at the image's edges; lam becomes 1 - box / (H W). The box may be
// empty.
Mix cutmix_box(double lam, int64_t row, int64_t column, const pixels::Size& image);

// images (B, C, H, W), changed in place. Mixup: lam x + (1 - lam) flip(x) over the batch; CutMix:
// the box of flip(x) is pasted. Error(kUsage) for an odd B, where something is to be mixed.
void apply_mix(at::Tensor& images, const Mix& mix);

// lam y(labels) + (1 - lam) y(flip(labels)), float (B, classes), where y has 1 - e + e / classes at
// the label and e / classes elsewhere, e the smoothing. labels: int64 (B).
at::Tensor soft_targets(const at::Tensor& labels, int64_t classes, double lam, double smoothing);

}  // namespace dyt::data
