// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/checkpoint_links.h"

#include "dyt/core/files.h"
#include "dyt/core/text.h"
#include "dyt/train/checkpoint.h"

namespace dyt::train {
namespace {

namespace fs = std::filesystem;

// The name of the checkpoint that a path means, through a link.
fs::path target_of(const fs::path& path) {
  std::error_code none;
  const fs::path target = fs::read_symlink(path, none);
  return none ? path.filename() : target.filename();
}

void put_copy_in_place(const fs::path& copy, const fs::path& checkpoint) {
  std::error_code ignored;
  if (!fs::exists(checkpoint, ignored)) {
    core::make_folder(checkpoint.parent_path());
    core::put_in_place(copy, checkpoint);
    return;
  }
  const fs::path temporary = core::temporary_name(copy);  // half a copy would be none
  core::put_in_place(copy, temporary);
  core::remove_tree(temporary);
}

}  // namespace

LinkState link_state(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (!fs::exists(status) || fs::is_symlink(status)) {
    return LinkState::kLinkOrNothing;
  }
  if (fs::is_directory(status)) {
    return is_copy_of_checkpoint(path) ? LinkState::kCopy : LinkState::kForeign;
  }
  // Some archives and file systems keep a link as a file with its target.
  constexpr size_t kLongestTarget = 64;
  const fs::path target = fs::file_size(path, ignored) < kLongestTarget
                              ? fs::path(core::trim(core::read_file(path)))
                              : fs::path();
  const bool is_target =
      target.parent_path() == kCheckpoints && is_checkpoint_name(target.filename());
  return is_target ? LinkState::kTextOfLink : LinkState::kForeign;
}

void put_links_for_copies(core::OwnedFolder& folder) {
  for (const char* name : kLinks) {
    const fs::path path = folder.path() / name;
    if (link_state(path) == LinkState::kCopy) {
      const std::string step = checkpoint_name(read_state(path).state.step);
      const fs::path checkpoint = folder.path() / kCheckpoints / step;
      put_copy_in_place(path, checkpoint);
    } else if (link_state(path) == LinkState::kTextOfLink) {
      core::remove_if_bare(path);
    }
  }
  for (const char* name : kLinks) {
    const fs::path path = folder.path() / name;
    const fs::path found = find_checkpoint(folder.path(), name);
    if (found != path && is_checkpoint(found)) {
      folder.claim({name});
      core::replace_link(path, fs::path(kCheckpoints) / found.filename());
    }
  }
}

void remove_superseded(const fs::path& run_folder) {
  const fs::path last = target_of(find_checkpoint(run_folder, "last"));
  const fs::path best = target_of(find_checkpoint(run_folder, "best"));
  for (const std::string& name : checkpoint_names(run_folder)) {
    if (name != last && name != best) {
      remove_checkpoint(run_folder / kCheckpoints / name);
    }
  }
}

void clear_run_files(core::OwnedFolder& folder) {
  folder.clear([&] {
    if (folder.has_written(kLinks[0])) {
      for (const std::string& name : checkpoint_names(folder.path())) {
        remove_checkpoint(folder.path() / kCheckpoints / name);
      }
      core::remove_leftovers(folder.path() / kCheckpoints, is_checkpoint_name);
    }
    for (const char* name : kLinks) {
      const fs::path path = folder.path() / name;
      if (folder.has_written(name) && link_state(path) == LinkState::kCopy) {
        remove_checkpoint(path);
      }
    }
  });
}

}  // namespace dyt::train
