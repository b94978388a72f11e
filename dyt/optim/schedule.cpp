#include "dyt/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dyt::optim {
namespace {

double warmup_rate(const OptimConfig& config, int64_t step, int64_t warmup) {
  const auto at = static_cast<double>(step);
  const auto length = static_cast<double>(warmup);
  if (config.schedule == "cosine_array") {
    return warmup > 1 ? config.lr * at / (length - 1) : 0;
  }
  return config.lr * (config.schedule == "cosine_epoch" ? at : at + 1) / length;
}

// step - W of T - W.
struct Rest {
  int64_t step = 0, steps = 1;

  double share() const { return static_cast<double>(step) / static_cast<double>(steps); }
};

double rate_after_warmup(const OptimConfig& config, const Rest& rest) {
  if (config.schedule == "constant") {
    return config.lr;
  }
  if (config.schedule == "step") {
    return config.lr * std::pow(0.1, config.sections * rest.step / rest.steps);
  }
  const double floor = std::min(config.lr, config.lr_min);
  return floor + (config.lr - floor) / 2 * (1 + std::cos(std::numbers::pi * rest.share()));
}

}  // namespace

double learning_rate(const OptimConfig& config, int64_t step, int64_t steps) {
  const int64_t warmup = std::llround(config.warmup * static_cast<double>(steps));
  return step < warmup ? warmup_rate(config, step, warmup)
                       : rate_after_warmup(config, {step - warmup, steps - warmup});
}

}  // namespace dyt::optim
