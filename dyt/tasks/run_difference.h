// SPDX-License-Identifier: Apache-2.0
// By what a run's folder and a run that is asked for are not the same run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dyt/tasks/data_record.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {

// A line each: keys that decide results, with the value in the folder and the one here; data;
// weights that are started from; device and the program's results version. What of the folder
// cannot be read is a line, too. `config` as the user gave it, `now` of its data.
std::vector<std::string> run_differences(const std::filesystem::path& folder,
                                         const RunConfig& config, const DataRecord& now);

}  // namespace dyt::tasks
