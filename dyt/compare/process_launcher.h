// SPDX-License-Identifier: Apache-2.0
// Runs and step workers as processes of a `dyt` executable, each in a process group of its own so
// that a terminal's Ctrl-C reaches only the parent, which passes it on.
#pragma once

#include <filesystem>
#include <string>

#include "dyt/compare/launcher.h"
#include "dyt/core/owned_folder.h"
#include "dyt/core/stop.h"

namespace dyt::compare {

// Starts `executable train key=value... --events`; standard error goes to error.log in the folder
// of the run, which is removed where it stays empty.
Launcher process_launcher(std::string executable);

// The mark of a step worker's folder, which holds its error.log while it measures.
core::FolderKind worker_folder_kind();

// What a killed comparison may leave in the folder of a run that had ended.
void remove_empty_error_log(const std::filesystem::path& folder);

// Starts `executable step-worker key=value...`. A request to stop while a worker is waited for
// throws Error(kInterrupted). `stop` must outlive the launcher.
WorkerLauncher process_worker_launcher(std::string executable, const core::StopFlag& stop);

}  // namespace dyt::compare
