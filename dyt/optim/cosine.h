// SPDX-License-Identifier: Apache-2.0
// The cosine of the vision recipes as a pure function of the step: a learning rate, a weight decay
// or a teacher's momentum.
//
//   cosine_at({.base = 0.04, .last = 0.4, .steps = steps}, step);   // DINO's weight decay
#pragma once

#include <cstdint>

namespace dyt::optim {

// Supervised recipes and DINO. With T = steps, W = warmup_steps, step from 0 to T - 1:
//   step < W:  start + (base - start) step / (W - 1)         (start alone where W = 1)
//   else:      last + (base - last) / 2 (1 + cos(pi (step - W) / (T - W)))
// So `base` comes twice in a row, and `last` is approached but not reached.
struct StepCosine {
  double base = 0;
  double last = 0;
  int64_t steps = 0;
  int64_t warmup_steps = 0;
  double start = 0;
};

double cosine_at(const StepCosine& schedule, int64_t step);

}  // namespace dyt::optim
