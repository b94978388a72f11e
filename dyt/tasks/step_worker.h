// SPDX-License-Identifier: Apache-2.0
// A process that trains in blocks by command, for measuring what a step costs: a parent starts one
// for each slot and lets them step in turns, so that all meet the same machine.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dyt/tasks/run_config.h"

namespace dyt::tasks {

// Builds data and model, trains `warmup_steps` steps, emits {"event":"ready","parameters":N}; then
// for every line "step K" trains K steps and emits {"time_seconds":..,"memory_peak_bytes":..}; ends
// at "quit" or the end of the input. Unknown lines are an Error(kUsage).
void serve_steps(const RunConfig& config, int64_t warmup_steps,
                 const std::function<std::optional<std::string>()>& next_line,
                 const std::function<void(const std::string&)>& emit);

}  // namespace dyt::tasks
