// SPDX-License-Identifier: Apache-2.0
// What a comparison adds to the configuration of one run: which slots and seeds, the stability
// strip, how the cost is measured, where it goes. Free of LibTorch; CompareConfig joins it with the
// run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dyt/core/config.h"

namespace dyt::compare {

// The same slots at several learning rates, few epochs, one seed (the paper's Figure 10 in small).
struct StripOptions {
  bool enabled = true;
  std::vector<double> lrs = {1e-3, 3e-3, 1e-2, 3e-2};
  int64_t epochs = 6;
  int64_t seed = 0;

  void visit_fields(core::Fields& fields);
};

// Time and memory of a training step, measured after all runs.
struct CostOptions {
  bool enabled = true;
  int64_t threads = 1;
  int64_t rounds = 20;
  int64_t steps_per_round = 10;

  void visit_fields(core::Fields& fields);
};

// What a slot must keep to for a pilot (kpi.h). No run depends on these: a comparison that is given
// again with others trains nothing again.
struct KpiOptions {
  double accuracy_loss = 1.0;  // points below the baseline
  int64_t diverged = 0;        // seeds
  double stability = 10;       // points below the baseline's best short run; 0: no limit
  double stable_lr = 0;        // where the short run must stay so near; 0: see stability_lr
  double step_time = 1.05;     // of the baseline's; 0: no limit
  double memory = 1.05;        // of the baseline's; 0: no limit

  void visit_fields(core::Fields& fields);
};

struct CompareOptions {
  std::vector<std::string> slots = {"layer_norm", "dyt", "dyt:alpha0=auto", "none"};
  std::vector<int64_t> seeds = {0, 1, 2, 3, 4};
  double margin = 1.0;  // points
  StripOptions strip;
  CostOptions cost;
  KpiOptions kpi;
  int64_t jobs = 0;  // runs side by side; 0: one a core
  std::string out;   // "": runs/compare-<data>

  void visit_fields(core::Fields& fields);

  // Error(kUsage) for empty lists, for what is named twice and for a kpi.stable_lr that the strip
  // does not have.
  void validate() const;
};

// The rate of the strip at which stability is judged: kpi.stable_lr, where that is 0 the recipe's
// own rate or the strip's nearest below it. nullopt without a strip or without such a rate.
std::optional<double> stability_lr(const CompareOptions& options, double recipe_lr);

}  // namespace dyt::compare
