// SPDX-License-Identifier: Apache-2.0
// Whole files in and out. Writing is atomic: temporary name in the same folder, fsync, rename,
// fsync of the folder; a reader sees the old file or the new one, never half of one. What a killed
// process leaves bears the name `.tmp-<pid>-<name>` and nothing else does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace dyt::core {

// To its end, whatever kind of file it is: a regular one, a pipe, /dev/stdin. Throws Error(kData)
// that names the path and the reason.
std::string read_file(const std::filesystem::path& path);

// Throws Error(kResources) on a full disk, Error(kData) otherwise.
void write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// Makes the folder and its parents. Errors as of write_file_atomic.
void make_folder(const std::filesystem::path& path);

// The same, but its parent must be there: so that a folder which was renamed meanwhile is not made
// anew.
void make_last_folder(const std::filesystem::path& path);

// The name under which `path` is made before it is put in its place.
std::filesystem::path temporary_name(const std::filesystem::path& path);

// Renames a file or folder that is whole and on the disk, and flushes the folder it is in.
void put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& path);

// Removes a file, link or whole folder; none there is fine.
void remove_tree(const std::filesystem::path& path);

// Removes from `folder` (not below) what was being made when a process was killed: all
// `.tmp-<pid>-<name>` of which `is_ours` says that the <name> is ours. Only for who holds the lock
// of a folder of ours: elsewhere it may be another process's work, or a person's.
void remove_leftovers(const std::filesystem::path& folder,
                      const std::function<bool(const std::string&)>& is_ours);

// Removes a file, a link, or a folder that is empty; anything else, and nothing there, is left.
void remove_if_bare(const std::filesystem::path& path);

// Flushes a file's or folder's content to the disk.
void sync_path(const std::filesystem::path& path);

// Makes `link` a relative symbolic link to `target_name`, replacing an older one in one step. False
// where the file system knows no links; then nothing has changed.
bool replace_link(const std::filesystem::path& link, const std::string& target_name);

// A log that only grows: one line an append, cut back to a stored length on resume. The length is
// counted in lines: times have texts of any width, and what is stored is to have the same bits.
class AppendLog {
 public:
  explicit AppendLog(const std::filesystem::path& path);
  ~AppendLog();
  AppendLog(const AppendLog&) = delete;
  AppendLog& operator=(const AppendLog&) = delete;

  void append_line(std::string_view line);
  void sync();
  int64_t lines() const { return lines_; }  // whole ones
  // Cuts what comes after so many lines. Error(kData) if there are fewer.
  void cut_to_lines(int64_t lines);

 private:
  std::filesystem::path path_;
  int64_t lines_ = 0;
  int descriptor_ = -1;
};

}  // namespace dyt::core
