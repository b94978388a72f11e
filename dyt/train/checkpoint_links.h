// SPDX-License-Identifier: Apache-2.0
// `last` and `best` in a run's folder: links for people and scripts, put again where a copy of the
// folder was made without them; and what goes from the folder when checkpoints or the run do.
#pragma once

#include <filesystem>

#include "dyt/core/owned_folder.h"

namespace dyt::train {

inline constexpr const char* kLinks[] = {"last", "best"};

enum class LinkState {
  kLinkOrNothing,
  kCopy,        // a folder with a whole copy of a checkpoint, as `cp -rL`, scp and zip leave it
  kTextOfLink,  // a file that holds the link's target, as some archives leave it
  kForeign      // a person's
};

LinkState link_state(const std::filesystem::path& path);

// Copies in the place of links become the checkpoint where that is missing, else they go; links are
// put to what find_checkpoint() finds, where the file system knows links.
void put_links_for_copies(core::OwnedFolder& folder);

// Removes checkpoints that are neither last nor best.
void remove_superseded(const std::filesystem::path& run_folder);

// Removes what a run has written into its folder.
void clear_run_files(core::OwnedFolder& folder);

}  // namespace dyt::train
