// SPDX-License-Identifier: Apache-2.0
// A run's folder as others than the run itself write to it: the program's report, a comparison.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dyt/core/owned_folder.h"

namespace dyt::train {

// What a run of a comparison says on its standard error is kept in its folder.
inline constexpr const char* kErrorLog = "error.log";

// The mark of a run's folder.
core::FolderKind run_folder_kind();

// Removes what a run has written into its folder and leaves it as one that has not begun; a
// person's files stay. Nothing where there is no folder; errors as of RunFolder.
void clear_run(const std::filesystem::path& path);

// Takes the name kErrorLog for a run that is about to be started there, and removes an older one.
void claim_error_log(const std::filesystem::path& path);

// Into a run's folder that no process works in, in place of an older one of ours.
void write_run_file(const std::filesystem::path& path, const std::string& name,
                    std::string_view bytes);

}  // namespace dyt::train
