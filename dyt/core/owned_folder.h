// SPDX-License-Identifier: Apache-2.0
// A folder that we write: a run's, a comparison's, a set of generated images. It is ours when it
// carries our mark, the file `dyt-folder.json`, which is written before anything else and lists
// what we have written there. Nothing else in it is overwritten or removed, and a folder without
// the mark that is not empty is refused.
//
//   OwnedFolder folder("runs/a", {.kind = "run", .names = {"env.json"}});  // locked while it lives
//   folder.write("report.html", html);   // Error(kUsage) where a person's report.html is there
//   folder.clear();                      // what we wrote goes; notes.txt stays
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "dyt/core/folder_lock.h"

namespace dyt::core {

inline constexpr const char* kFolderMark = "dyt-folder.json";

struct FolderKind {
  std::string kind;             // one word: "run", "comparison"
  std::set<std::string> names;  // what is ours from the start
};

// The mark's text; for tests, which make folders as we write them.
std::string folder_mark(const FolderKind& kind);

// Error(kUsage) for a folder that is neither empty, missing, nor marked as this kind. Changes
// nothing.
void check_folder(const std::filesystem::path& path, const FolderKind& kind);

bool is_marked(const std::filesystem::path& path);

class OwnedFolder {
 public:
  // check_folder(), then takes the folder: locks it, marks it where it has no mark, and removes
  // what a killed process has left half-made of ours. A folder that a kill stopped in clear() is
  // cleared to the end.
  OwnedFolder(std::filesystem::path path, FolderKind kind);

  const std::filesystem::path& path() const { return path_; }

  bool has_written(const std::string& name) const { return written_.contains(name); }

  // Notes in the mark that these names (paths below the folder) are ours, before they are written.
  // Error(kUsage) where something of such a name is there that is not.
  void claim(const std::set<std::string>& names);
  void check_free(const std::string& name) const;  // the same without the note

  // Claims the name and writes the file atomically.
  void write(const std::string& name, std::string_view bytes);

  // Removes a file or link of ours; nothing there, or not ours, is left.
  void remove(const std::string& name);

  // Removes what we wrote. `remove_more` removes what is below names that are folders; it is called
  // before the names go, and again if a kill stops it.
  void clear(const std::function<void()>& remove_more = {});
  bool is_cleared_in_part() const { return clearing_; }

  // clear(), and the mark, the lock's file and the folder itself go, too, unless a person's files
  // are in it. Nothing may be done with it afterwards.
  void discard();

  // Error(kData) where the folder has been renamed or replaced meanwhile.
  void check_place() const { lock_.check_place(); }

 private:
  void read_mark();
  void write_mark() const;
  void remove_leftovers_below() const;

  std::filesystem::path path_;
  FolderKind kind_;
  std::set<std::string> written_;
  bool clearing_ = false;
  FolderLock lock_;
};

}  // namespace dyt::core
