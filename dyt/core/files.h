// Whole files in and out. Writing is atomic: temporary name in the same folder, fsync, rename,
// fsync of the folder; a reader sees the old file or the new one, never half of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dyt::core {

// Throws Error(kData) that names the path and the reason.
std::string read_file(const std::filesystem::path& path);

// Throws Error(kResources) on a full disk, Error(kData) otherwise.
void write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

// Makes the folder and its parents; Error(kData) if that fails.
void make_folder(const std::filesystem::path& path);

// Flushes a file's or folder's content to the disk.
void sync_path(const std::filesystem::path& path);

// Makes `link` a relative symbolic link to `target_name`, replacing an older one in one step.
void replace_link(const std::filesystem::path& link, const std::string& target_name);

// A log that only grows: one line an append, cut back to a stored length on resume.
class AppendLog {
 public:
  explicit AppendLog(const std::filesystem::path& path);
  ~AppendLog();
  AppendLog(const AppendLog&) = delete;
  AppendLog& operator=(const AppendLog&) = delete;

  void append_line(std::string_view line);
  void sync();
  void truncate(uint64_t bytes);
  uint64_t size() const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace dyt::core
