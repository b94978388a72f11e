// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/regular_file.h"

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/user_path.h"

namespace dyt::core {

std::string special_kind(const std::filesystem::path& path) {
  std::error_code unknown;
  switch (std::filesystem::status(path, unknown).type()) {
    case std::filesystem::file_type::fifo:
      return "a FIFO";
    case std::filesystem::file_type::socket:
      return "a socket";
    case std::filesystem::file_type::block:
    case std::filesystem::file_type::character:
      return "a device";
    case std::filesystem::file_type::directory:
      return "a folder";
    default:
      return "";
  }
}

std::string read_regular_file(const std::filesystem::path& path) {
  const std::string kind = special_kind(path);
  if (!kind.empty()) {
    throw Error(ErrorKind::kData, {.what = "this is " + kind + ", not a file that can be read",
                                   .where = path_text(path),
                                   .expected = "a regular file",
                                   .todo = "leave it out, or put a file in its place"});
  }
  return read_file(path);
}

}  // namespace dyt::core
