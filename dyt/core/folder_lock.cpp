// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::core {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(20);

enum class Attempt { kHeld, kBusy, kReplaced };

int open_lock_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT;
    throw Error(full ? ErrorKind::kResources : ErrorKind::kData,
                {.what = std::string("cannot lock the folder: ") + std::strerror(code),
                 .where = path.string(),
                 .todo = full ? "free some space, or choose another folder with out=FOLDER"
                              : "check the path and its permissions, or choose another folder with "
                                "out=FOLDER"});
  }
  return descriptor;
}

// A lock on a file that has been removed or replaced meanwhile is none.
bool is_file_at(int descriptor, const std::filesystem::path& path) {
  struct stat opened {};
  struct stat present {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &present) == 0 &&
         opened.st_ino == present.st_ino && opened.st_dev == present.st_dev;
}

Attempt try_lock(int descriptor, const std::filesystem::path& path) {
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && (errno == EWOULDBLOCK || errno == EINTR)) {
    return Attempt::kBusy;
  }
  return is_file_at(descriptor, path) ? Attempt::kHeld : Attempt::kReplaced;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder, std::chrono::milliseconds wait)
    : path_(folder) {
  const std::filesystem::path path = folder / kLockName;
  const auto end = std::chrono::steady_clock::now() + wait;
  while (true) {
    make_folder(folder);
    descriptor_ = open_lock_file(path);
    const Attempt attempt = try_lock(descriptor_, path);
    if (attempt == Attempt::kHeld) {
      folder_ = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      return;
    }
    ::close(descriptor_);
    if (std::chrono::steady_clock::now() >= end) {
      throw Error(ErrorKind::kUsage,
                  {.what = "another dyt works in this folder",
                   .where = folder.string(),
                   .todo = "wait until it has ended, or choose another folder with out=FOLDER"});
    }
    if (attempt == Attempt::kBusy) {
      std::this_thread::sleep_for(kLookAgain);
    }
  }
}

FolderLock::~FolderLock() {
  ::close(descriptor_);
  if (folder_ >= 0) {
    ::close(folder_);
  }
}

void FolderLock::check_place() const {
  if (folder_ >= 0 && !is_file_at(folder_, path_)) {
    throw Error(ErrorKind::kData,
                {.what = "the folder was renamed, removed or replaced while dyt worked in it",
                 .where = path_.string(),
                 .todo = "nothing was written under the old name; what was saved before is where "
                         "the folder is now: give the same command with out= that folder"});
  }
}

}  // namespace dyt::core
