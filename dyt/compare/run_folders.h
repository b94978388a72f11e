// SPDX-License-Identifier: Apache-2.0
// Which runs of a comparison are there already, and what happens to folders that hold other runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dyt/compare/plan.h"

namespace dyt::compare {

enum class FolderPolicy {
  kKeep,              // a folder with another run is an error; finished runs are kept
  kFresh,             // every run of the comparison starts afresh
  kFreshWhereChanged  // folders that hold another run start afresh, the rest is kept
};

// Lines on how what is in a run's folder differs from it, for the person.
using DifferencesOf = std::function<std::vector<std::string>(const RunPlan&)>;

// Looks at all folders before it changes any, and returns the plans that still have to run, in
// their order. Under kKeep a folder of another identity is an Error(kUsage) that names it and
// --fresh, a finished one whose result cannot be read an Error(kData); else both start afresh.
// `say` is told once what starts afresh: what the runs have written is deleted, a person's notes
// are kept. A folder that is not a run's is an Error(kUsage) under every policy. `differences_of`
// may be empty.
std::vector<RunPlan> prepare_folders(const std::vector<RunPlan>& plans, FolderPolicy policy,
                                     const std::function<void(const std::string&)>& say,
                                     const DifferencesOf& differences_of = {});

}  // namespace dyt::compare
