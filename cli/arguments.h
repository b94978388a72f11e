// SPDX-License-Identifier: Apache-2.0
// [CONFIG.toml] [key=value ...]: the part of the command line that all training commands share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/tasks/run_config.h"

namespace CLI {
class App;
}

namespace dyt::cli {

// Declares the positional arguments; `fields` describes the keys for --help, and as JSON for
// --help --json.
std::shared_ptr<std::vector<std::string>> declare_config_arguments(CLI::App& app,
                                                                   const core::Fields& fields);

// Splits them into one file and overrides. Error(kUsage) for what is neither.
tasks::ConfigSources sources_of(const std::vector<std::string>& items);

}  // namespace dyt::cli
