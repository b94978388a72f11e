// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/run_place.h"

#include "dyt/train/checkpoint_links.h"

namespace dyt::train {

namespace fs = std::filesystem;

core::FolderKind run_folder_kind() {
  return {.kind = "run", .names = {"config.toml", "env.json", "metrics.jsonl"}};
}

void clear_run(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    core::OwnedFolder folder(path, run_folder_kind());
    clear_run_files(folder);
  }
}

void claim_error_log(const fs::path& path) {
  core::OwnedFolder folder(path, run_folder_kind());
  if (folder.is_cleared_in_part()) {
    clear_run_files(folder);
  }
  folder.claim({kErrorLog});
  folder.remove(kErrorLog);
}

void write_run_file(const fs::path& path, const std::string& name, std::string_view bytes) {
  core::OwnedFolder(path, run_folder_kind()).write(name, bytes);
}

}  // namespace dyt::train
