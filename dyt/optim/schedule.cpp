#include "dyt/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dyt::optim {

double learning_rate(const OptimConfig& config, int64_t step, int64_t steps) {
  const int64_t warmup = std::llround(config.warmup * static_cast<double>(steps));
  if (step < warmup) {
    return config.lr * static_cast<double>(step + 1) / static_cast<double>(warmup);
  }
  const double floor = std::min(config.lr, config.lr_min);
  const double progress = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  return floor + (config.lr - floor) / 2 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace dyt::optim
