// SPDX-License-Identifier: Apache-2.0
// A file that is being filled by a download.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

#include "dyt/core/error.h"

namespace dyt::data {

// Opened at its end: what it holds already counts. Writing gives false on failure, with the reason
// in error(), because libcurl's callbacks must not throw.
class PartFile {
 public:
  explicit PartFile(const std::filesystem::path& path)
      : path_(path),
        descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644)) {
    const off_t end = descriptor_ < 0 ? -1 : ::lseek(descriptor_, 0, SEEK_END);
    if (end < 0) {
      fail("cannot create the file");
    }
    size_ = static_cast<uint64_t>(end);
  }
  ~PartFile() { ::close(descriptor_); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  bool append(const char* bytes, size_t count) {
    while (count > 0) {
      const ssize_t written = ::write(descriptor_, bytes, count);
      if (written < 0 && errno != EINTR) {
        error_ = errno;
        return false;
      }
      if (written > 0) {
        bytes += written;
        count -= static_cast<size_t>(written);
        size_ += static_cast<uint64_t>(written);
      }
    }
    return true;
  }

  void start_again() {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) {
      fail("cannot empty the file");
    }
    size_ = 0;
  }

  void remove() const { ::unlink(path_.c_str()); }
  uint64_t size() const { return size_; }
  int error() const { return error_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw core::Error(core::ErrorKind::kData, {.what = what + ": " + std::strerror(errno),
                                               .where = path_.string(),
                                               .todo = "check the path and its permissions"});
  }

  std::filesystem::path path_;
  int descriptor_;
  uint64_t size_ = 0;
  int error_ = 0;
};

}  // namespace dyt::data
