// What a comparison adds to the configuration of one run: which slots and seeds, the stability
// strip, how the cost is measured, where it goes. Free of LibTorch; CompareConfig joins it with the
// run.
#pragma once

#include <cstdint>
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

struct CompareOptions {
  std::vector<std::string> slots = {"layer_norm", "dyt", "dyt:alpha0=auto", "none"};
  std::vector<int64_t> seeds = {0, 1, 2, 3, 4};
  double margin = 1.0;  // points
  StripOptions strip;
  CostOptions cost;
  int64_t jobs = 0;  // runs side by side; 0: one a core
  std::string out;   // "": runs/compare-<data>

  void visit_fields(core::Fields& fields);

  // Error(kUsage) for empty lists and for what is named twice.
  void validate() const;
};

}  // namespace dyt::compare
