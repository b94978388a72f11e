// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/user_path.h"

#include <cstdlib>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::core {
namespace {

// "" for a variable that is not set, or that is relative: a folder of ours must not be made
// wherever the person happens to be.
std::filesystem::path absolute_variable(const char* name) {
  const char* value = std::getenv(name);
  const std::filesystem::path path = value == nullptr ? "" : value;
  return path.is_absolute() ? path : std::filesystem::path();
}

}  // namespace

void check_tilde(std::string_view key, std::string_view value, std::string_view where) {
  const size_t slash = value.find('/');
  if (!value.starts_with('~') || (value.size() > 1 && slash == std::string_view::npos)) {
    return;
  }
  const bool own = value.size() == 1 || slash == 1;
  const std::string rest(own ? value.substr(1) : value.substr(slash));
  const std::string name = key.empty() ? "" : std::string(key) + "=";
  throw Error(ErrorKind::kUsage,
              {.what = "'" + std::string(value) +
                       "' begins with ~, which only a shell replaces, "
                       "and only at the beginning of a word",
               .where = std::string(where),
               .todo = "write " + name + (own ? "$HOME" : "/home/NAME") + rest +
                       " on the command line (in a file the whole path, without $HOME); a folder "
                       "that is called ~ is ./" +
                       std::string(value)});
}

std::string escaped_text(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string shown;
  while (!text.empty()) {
    const size_t valid = valid_utf8_bytes(text);
    shown += text.substr(0, valid);
    text.remove_prefix(valid);
    if (!text.empty()) {
      const auto byte = static_cast<unsigned char>(text.front());
      shown += std::string("\\x") + kDigits[byte / 16] + kDigits[byte % 16];
      text.remove_prefix(1);
    }
  }
  return shown;
}

std::string path_text(const std::filesystem::path& path) {
  std::string shown = escaped_text(path.native());
  if (path.empty() || path.is_absolute()) {
    return shown;
  }
  std::error_code code;
  const std::filesystem::path whole = std::filesystem::absolute(path, code).lexically_normal();
  return code ? shown : shown + " (that is " + escaped_text(whole.native()) + ")";
}

std::filesystem::path home_folder() { return absolute_variable("HOME"); }

std::filesystem::path cache_folder() {
  const std::filesystem::path own = absolute_variable("XDG_CACHE_HOME");
  if (!own.empty()) {
    return own / "dyt";
  }
  const std::filesystem::path home = home_folder();
  return home.empty() ? home : home / ".cache/dyt";
}

}  // namespace dyt::core
