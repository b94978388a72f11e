// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/cosine.h"

#include <cmath>
#include <numbers>

namespace dyt::optim {

double cosine_at(const StepCosine& schedule, int64_t step) {
  const auto [base, last, steps, warmup, start] = schedule;
  const auto at = static_cast<double>(step);
  if (step < warmup) {
    return warmup == 1 ? start : start + (base - start) * at / static_cast<double>(warmup - 1);
  }
  const double progress = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
  return last + (base - last) / 2 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace dyt::optim
