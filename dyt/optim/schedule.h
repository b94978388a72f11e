// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules as pure functions of the step.
#pragma once

#include <cstdint>

#include "dyt/optim/optim_config.h"

namespace dyt::optim {

// With T = steps, W = round(warmup * T), step from 0 to T - 1. Warm-up, for step < W:
//   the others               lr * (step + 1) / W
//   cosine_array             lr * step / (W - 1), 0 where W is 1  (the released supervised and DINO
//                            code: an array whose warm-up part has both ends)
//   cosine_epoch             lr * step / W                        (MAE's: by the fractional epoch)
// Then:
//   cosine*    lr_min + (lr - lr_min) / 2 * (1 + cos(pi * (step - W) / (T - W)))
//   cosine_stairs  the same at the beginning of each of `sections` equal parts: with as many
//                  sections as epochs, a cosine by the epoch     (DINO's linear evaluation)
//   constant   lr
//   step       lr / 10^floor(sections * (step - W) / (T - W))     (torchvision's StepLR)
// A peak below lr_min is kept flat after the warm-up: the cosine never raises the rate.
double learning_rate(const OptimConfig& config, int64_t step, int64_t steps);

}  // namespace dyt::optim
