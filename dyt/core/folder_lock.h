// SPDX-License-Identifier: Apache-2.0
// One process at a time works in a folder. The lock is the kernel's, on the file `.lock` in it, and
// goes with the process, however that ends; the empty file stays.
//
//   const FolderLock lock("runs/demo");   // Error(kUsage) while another process holds it
#pragma once

#include <chrono>
#include <filesystem>

namespace dyt::core {

inline constexpr const char* kLockName = ".lock";

class FolderLock {
 public:
  // Makes the folder where it is not there. Waits for a holder that is about to go: the children of
  // a killed process need a moment to die. On a file system without locks nothing is locked.
  explicit FolderLock(const std::filesystem::path& folder,
                      std::chrono::milliseconds wait = std::chrono::seconds(3));
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  // Error(kData) where the folder is no longer at its path: renamed, removed or replaced. What is
  // written by the path then would make a new folder of the old name.
  void check_place() const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  int folder_ = -1;  // open, so that its inode is not given to another one
};

}  // namespace dyt::core
