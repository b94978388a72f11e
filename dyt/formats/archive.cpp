// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::formats {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr size_t kBlock = size_t{1} << 16;

// A file being written; it must not have been there.
class NewFile {
 public:
  explicit NewFile(const fs::path& path)
      : path_(path),
        descriptor_(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) {
      fail("cannot create the file");
    }
  }
  ~NewFile() { ::close(descriptor_); }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(const char* bytes, size_t count) {
    while (count > 0) {
      const ssize_t written = ::write(descriptor_, bytes, count);
      if (written < 0 && errno != EINTR) {
        fail("cannot write the file");
      }
      if (written > 0) {
        bytes += written;
        count -= static_cast<size_t>(written);
      }
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    throw Error(full ? ErrorKind::kResources : ErrorKind::kData,
                {.what = what + ": " + std::strerror(code),
                 .where = path_.string(),
                 .todo = full ? "free some space" : "check the path and its permissions"});
  }

  fs::path path_;
  int descriptor_;
};

class Unpacker {
 public:
  Unpacker(const fs::path& file, const fs::path& folder, const UnpackOptions& options)
      : file_(file), folder_(folder), options_(options), reader_(archive_read_new()) {
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_format_tar(reader_.get());
    archive_read_support_format_zip(reader_.get());
    if (archive_read_open_filename(reader_.get(), file.c_str(), kBlock) != ARCHIVE_OK) {
      fail("the archive cannot be read");
    }
  }

  void run() {
    archive_entry* entry = nullptr;
    uint64_t entries = 0;
    while (true) {
      entry_name_.clear();
      const int status = archive_read_next_header(reader_.get(), &entry);
      if (status == ARCHIVE_EOF) {
        return;
      }
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        fail("the archive is damaged or truncated");
      }
      if (++entries > options_.max_entries) {
        refuse("the archive has more than " + std::to_string(options_.max_entries) + " entries");
      }
      unpack(entry);
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorKind::kData,
                {.what = what,
                 .where = file_.string() + (entry_name_.empty() ? "" : ", entry " + entry_name_),
                 .todo = "get the archive from its publisher again"});
  }

  [[noreturn]] void fail(const std::string& what) const {
    const char* reason = archive_error_string(reader_.get());
    refuse(what + (reason == nullptr ? "" : " (" + std::string(reason) + ")"));
  }

  void unpack(archive_entry* entry) {
    const fs::path path = folder_ / safe_path(entry);
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_w(entry) != nullptr) {
      refuse("the archive holds a hard link");
    }
    switch (archive_entry_filetype(entry)) {
      case AE_IFDIR:
        core::make_folder(path);
        return;
      case AE_IFREG:
        core::make_folder(path.parent_path());
        write_file(path);
        return;
      case AE_IFLNK:
        refuse("the archive holds a symbolic link");
      default:
        refuse("the archive holds something that is neither a file nor a folder");
    }
  }

  // The entry's path if it stays below the folder.
  fs::path safe_path(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) {  // a name that the locale cannot express
      name = archive_entry_pathname_utf8(entry);
    }
    if (name == nullptr || *name == '\0') {
      refuse("the archive holds an entry without a name");
    }
    entry_name_ = name;
    fs::path path = entry_name_;
    if (path.is_absolute()) {
      refuse("the archive holds an absolute path");
    }
    for (const fs::path& part : path) {
      if (part == "..") {
        refuse("the archive holds a path that leads out of its folder");
      }
    }
    return path;
  }

  void write_file(const fs::path& path) {
    if (fs::exists(fs::symlink_status(path))) {
      refuse("the archive holds a name twice");
    }
    NewFile output(path);
    std::array<char, kBlock> block;
    while (true) {
      if (options_.stop && options_.stop()) {
        throw Error(ErrorKind::kInterrupted, {.what = "stopped while unpacking " + file_.string()});
      }
      const la_ssize_t count = archive_read_data(reader_.get(), block.data(), block.size());
      if (count < 0) {
        fail("the archive is damaged or truncated");
      }
      if (count == 0) {
        return;
      }
      written_ += static_cast<uint64_t>(count);
      if (written_ > options_.max_bytes) {
        refuse("the archive unpacks to more than " + std::to_string(options_.max_bytes) + " bytes");
      }
      output.write(block.data(), static_cast<size_t>(count));
    }
  }

  struct Close {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  const fs::path& file_;
  const fs::path& folder_;
  const UnpackOptions& options_;
  std::unique_ptr<archive, Close> reader_;
  std::string entry_name_;
  uint64_t written_ = 0;
};

}  // namespace

void unpack_archive(const fs::path& archive, const fs::path& folder, const UnpackOptions& options) {
  core::make_folder(folder);
  if (!fs::is_empty(folder)) {
    throw Error(ErrorKind::kData, {.what = "an archive is unpacked into an empty folder only",
                                   .where = folder.string(),
                                   .todo = "remove what is in it, or name another folder"});
  }
  Unpacker(archive, folder, options).run();
}

}  // namespace dyt::formats
