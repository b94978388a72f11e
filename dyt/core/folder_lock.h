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

 private:
  int descriptor_ = -1;
};

}  // namespace dyt::core
