// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/user_path.h"

namespace dyt::core {
namespace {

[[noreturn]] void throw_errno(const std::string& what, const std::filesystem::path& path) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  const char* todo = full ? "free some space, or choose another folder with out=FOLDER"
                          : "check the path and its permissions";
  throw Error(full ? ErrorKind::kResources : ErrorKind::kData,
              {.what = what + ": " + std::strerror(code), .where = path_text(path), .todo = todo});
}

// Closes on every way out; writing needs no stream state.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) {
      ::close(value);
    }
  }
};

void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw_errno("cannot write the file", path);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

constexpr size_t kReadChunk = size_t{1} << 12;
constexpr size_t kLargestPipe = size_t{64} << 20;

// What is read whole is configuration and JSON: a device that goes on beyond that has no end.
void check_ends(bool is_regular, size_t bytes, const std::filesystem::path& path) {
  if (!is_regular && bytes >= kLargestPipe) {
    throw Error(ErrorKind::kData, {.what = "what is read here does not end",
                                   .where = path.string(),
                                   .expected = "a file, or a pipe of at most " +
                                               std::to_string(kLargestPipe >> 20) + " MiB"});
  }
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

constexpr std::string_view kTemporary = ".tmp-";

// The <name> of ".tmp-<digits>-<name>"; empty for all else.
std::string name_in_temporary(const std::string& name) {
  if (!name.starts_with(kTemporary)) {
    return "";
  }
  const size_t end = name.find_first_not_of("0123456789", kTemporary.size());
  const bool is_one = end != std::string::npos && end > kTemporary.size() && name[end] == '-';
  return is_one ? name.substr(end + 1) : "";
}

int64_t count_lines(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return 0;
  }
  const std::string bytes = read_file(path);
  return std::count(bytes.begin(), bytes.end(), '\n');
}

void throw_if(const std::error_code& code, const std::string& what,
              const std::filesystem::path& path) {
  if (code) {
    errno = code.value();
    throw_errno(what, path);
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0) {
    throw_errno("cannot open the file", path);
  }
  struct stat info {};
  if (::fstat(file.value, &info) != 0) {
    throw_errno("cannot read the file", path);
  }
  // The size is a hint only: a pipe has none, and what /proc makes up says 0.
  const bool is_regular = S_ISREG(info.st_mode);
  std::string bytes(is_regular ? static_cast<size_t>(info.st_size) + 1 : kReadChunk, '\0');
  size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) {
      check_ends(is_regular, filled, path);
      bytes.resize(bytes.size() + bytes.size() / 2 + kReadChunk);
    }
    const ssize_t got = ::read(file.value, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw_errno("cannot read the file", path);
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void write_file_atomic(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path temporary = temporary_name(path);
  try {
    const Descriptor file{
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (file.value < 0) {
      throw_errno("cannot create the file", path);
    }
    write_all(file.value, bytes, path);
    if (::fsync(file.value) != 0) {
      throw_errno("cannot write the file", path);
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  put_in_place(temporary, path);
}

void make_folder(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  throw_if(code, "cannot make the folder", path);
}

void make_last_folder(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::create_directory(path, code);
  throw_if(code, "cannot make the folder", path);
}

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  return path.parent_path() /
         (std::string(kTemporary) + std::to_string(::getpid()) + "-" + path.filename().string());
}

void put_in_place(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int code = errno;
    std::error_code ignored;
    std::filesystem::remove_all(temporary, ignored);
    errno = code;
    throw_errno("cannot put what is finished in its place", path);
  }
  sync_path(folder_of(path));
}

void remove_tree(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
  throw_if(code, "cannot remove", path);
}

void remove_leftovers(const std::filesystem::path& folder,
                      const std::function<bool(const std::string&)>& is_ours) {
  std::error_code code;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = name_in_temporary(entry->path().filename().string());
    if (!name.empty() && is_ours(name)) {
      found.push_back(entry->path());
    }
  }
  if (code != std::errc::no_such_file_or_directory) {
    throw_if(code, "cannot read the folder", folder);
  }
  for (const std::filesystem::path& path : found) {
    remove_tree(path);
  }
}

void remove_if_bare(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::remove(path, code);
  if (code != std::errc::directory_not_empty && code != std::errc::not_a_directory) {
    throw_if(code, "cannot remove", path);
  }
}

void sync_path(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0 || (::fsync(file.value) != 0 && errno != EINVAL)) {
    throw_errno("cannot flush to the disk", path);
  }
}

bool replace_link(const std::filesystem::path& link, const std::string& target_name) {
  const std::filesystem::path temporary = temporary_name(link);
  ::unlink(temporary.c_str());
  if (::symlink(target_name.c_str(), temporary.c_str()) != 0) {
    if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
      return false;
    }
    throw_errno("cannot make the link", link);
  }
  put_in_place(temporary, link);
  return true;
}

AppendLog::AppendLog(const std::filesystem::path& path)
    : path_(path),
      lines_(count_lines(path)),
      descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) {
    throw_errno("cannot open the log", path_);
  }
}

AppendLog::~AppendLog() { ::close(descriptor_); }

void AppendLog::append_line(std::string_view line) {
  write_all(descriptor_, std::string(line) + "\n", path_);
  ++lines_;
}

void AppendLog::sync() {
  if (::fsync(descriptor_) != 0) {
    throw_errno("cannot flush the log to the disk", path_);
  }
}

void AppendLog::cut_to_lines(int64_t lines) {
  if (lines > lines_) {
    throw Error(ErrorKind::kData, {.what = "the log has lost lines",
                                   .where = path_.string(),
                                   .expected = "at least " + std::to_string(lines) + " lines",
                                   .found = std::to_string(lines_)});
  }
  const std::string bytes = read_file(path_);
  size_t end = 0;
  for (int64_t line = 0; line < lines; ++line) {
    end = bytes.find('\n', end) + 1;
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(end)) != 0) {
    throw_errno("cannot cut the log to its saved length", path_);
  }
  lines_ = lines;
}

}  // namespace dyt::core
