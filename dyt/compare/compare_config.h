// SPDX-License-Identifier: Apache-2.0
// The configuration of `dyt compare`: every key of a run (but seed and out, which a comparison
// sets), and those of CompareOptions. The only file of this folder that knows LibTorch's side of
// the project.
//
//   auto config = tasks::resolve_config<compare::CompareConfig>(sources);
//   const compare::CompareInput input = compare::prepare_compare(config, "/usr/bin/dyt");
#pragma once

#include <filesystem>

#include "dyt/compare/compare.h"
#include "dyt/tasks/run_config.h"

namespace dyt::compare {

struct CompareConfig {
  CompareOptions compare;
  tasks::RunConfig run;

  void visit_fields(core::Fields& fields);
};

// Opens the data, puts the slots into canonical text, checks the configuration against the data and
// gathers all facts. `executable` decides, by its hash, whether the cost is measured again.
// Error(kUsage) for unknown or repeated slots, for model.norm (the slots say that) and what the
// data do not fit. The result's fields point into `config`, which must outlive it.
CompareInput prepare_compare(CompareConfig& config, const std::filesystem::path& executable);

}  // namespace dyt::compare
