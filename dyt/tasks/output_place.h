// SPDX-License-Identifier: Apache-2.0
// Where a command may write: not in what its configuration reads, and not around it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dyt/core/paths_apart.h"

namespace dyt::tasks {

struct RunConfig;

// Every folder and file that a run of this configuration reads, by key: data, weights to start
// from, the networks of a diffusion.
std::vector<core::NamedPath> inputs_of(const RunConfig& config);

// core::check_apart() of an output folder, or of a file, and those.
void check_output(const core::NamedPath& output, const RunConfig& config);

}  // namespace dyt::tasks
