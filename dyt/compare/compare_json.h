// SPDX-License-Identifier: Apache-2.0
// Puts the results of all runs into compare.json, version 1 (docs/compare-json.md).
#pragma once

#include <string>
#include <vector>

#include "dyt/compare/compare.h"
#include "dyt/compare/run_result.h"

namespace dyt::compare {

struct CompareResults {
  std::vector<RunResult> runs;      // in the order of Plans::runs
  std::vector<RunResult> strip;     // in the order of Plans::strip
  std::string cost_json;            // of cost_of_step, or "null"
  std::string norms_json = "null";  // what the norms do: {"slot", "seed", "images", "maps"}
};

// Fields named time_*, rate_* and memory_* aside, the text depends on the results alone, not on the
// order or the number of processes in which they were made.
std::string compare_json_text(const CompareInput& input, const CompareResults& results);

}  // namespace dyt::compare
