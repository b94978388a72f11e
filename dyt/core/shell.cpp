// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/shell.h"

#include <algorithm>
#include <string_view>

namespace dyt::core {
namespace {

// Letters and digits of ASCII, and bytes of UTF-8 beyond it: no shell reads anything into them.
bool needs_no_quotes(char character) {
  constexpr std::string_view kPlain = "._-+/:=,@%";
  const auto byte = static_cast<unsigned char>(character);
  const bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
  return is_letter || (byte >= '0' && byte <= '9') || byte >= 0x80 ||
         kPlain.find(character) != std::string_view::npos;
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), needs_no_quotes)) {
    return word;
  }
  std::string quoted = "'";
  for (const char character : word) {
    quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  }
  return quoted + "'";
}

}  // namespace dyt::core
