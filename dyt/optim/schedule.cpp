// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/schedule.h"

#include <algorithm>
#include <cmath>

#include "dyt/optim/cosine.h"

namespace dyt::optim {
namespace {

// Of the steps after the warm-up.
double falling_rate(const OptimConfig& config, int64_t step, int64_t steps) {
  if (config.schedule == "constant") {
    return config.lr;
  }
  if (config.schedule == "step") {
    return config.lr * std::pow(0.1, config.sections * step / steps);
  }
  if (config.schedule == "cosine_stairs") {
    step = config.sections * step / steps;
    steps = config.sections;
  }
  return cosine_at({.base = config.lr, .last = std::min(config.lr, config.lr_min), .steps = steps},
                   step);
}

}  // namespace

double learning_rate(const OptimConfig& config, int64_t step, int64_t steps) {
  const int64_t warmup = std::llround(config.warmup * static_cast<double>(steps));
  if (step >= warmup) {
    return falling_rate(config, step - warmup, steps - warmup);
  }
  const auto done = static_cast<double>(step);
  const auto length = static_cast<double>(warmup);
  if (config.schedule == "cosine_array") {
    return warmup > 1 ? config.lr * done / (length - 1) : 0;
  }
  return config.lr * (config.schedule == "cosine_epoch" ? done : done + 1) / length;
}

}  // namespace dyt::optim
