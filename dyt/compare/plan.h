// SPDX-License-Identifier: Apache-2.0
// The runs of a comparison: which slot, seed and learning rate goes into which folder with which
// complete configuration. Knows the configuration of a run only as a list of keys.
//
//   const Plans plans =
//       make_plans({core::fields_of(run_config), options, "runs/demo"}, identity_of);
//   plans.runs[slot * seeds + seed].folder;   // runs/demo/slots/dyt/seed-0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/compare/compare_options.h"
#include "dyt/core/config.h"

namespace dyt::compare {

struct RunPlan {
  std::string name;  // for people: "DyT, seed 3"
  std::string slot;
  int64_t seed = 0;
  double lr = 0;
  int64_t epochs = 0;
  std::filesystem::path folder;
  std::vector<std::string> arguments;  // key=value of the complete configuration of the run
  std::string identity;
};

struct Plans {
  std::vector<RunPlan> runs;   // slot by slot, each with all seeds
  std::vector<RunPlan> strip;  // slot by slot, each with all learning rates
  std::vector<RunPlan> cost;   // one a slot; never a run folder, only what a step worker is given
};

struct PlanInput {
  core::Fields run;  // of a run's configuration: model.norm, seed, optim.lr, train.epochs, out, ...
  CompareOptions options;
  std::filesystem::path folder;
};

using IdentityOf = std::function<std::string(const RunPlan&)>;

Plans make_plans(const PlanInput& input, const IdentityOf& identity_of);

}  // namespace dyt::compare
