// Learning-rate schedules as pure functions of the step.
#pragma once

#include <cstdint>

#include "dyt/optim/optim_config.h"

namespace dyt::optim {

// Linear warm-up, then a cosine. With T = steps, W = round(warmup * T), step from 0 to T - 1:
//   step < W:  lr * (step + 1) / W
//   else:      lr_min + (lr - lr_min) / 2 * (1 + cos(pi * (step - W) / (T - W)))
// A peak below lr_min is kept flat after the warm-up: the cosine never raises the rate.
double learning_rate(const OptimConfig& config, int64_t step, int64_t steps);

}  // namespace dyt::optim
