#include "dyt/compare/config_fields.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace dyt::compare {
namespace {

bool needs_no_quotes(char character) {
  constexpr std::string_view kPlain = "._-+/:=,@%";
  return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
         kPlain.find(character) != std::string_view::npos;
}

std::string shell_quoted(const std::string& text) {
  if (std::all_of(text.begin(), text.end(), needs_no_quotes)) {
    return text;
  }
  std::string quoted = "'";
  for (const char character : text) {
    quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  }
  return quoted + "'";
}

}  // namespace

core::Fields result_fields(const core::Fields& fields) {
  core::Fields result;
  for (const core::Field& field : fields.list()) {
    if (field.info.identity) {
      std::visit([&](auto* target) { result.add(field.key, *target, field.info); }, field.target);
    }
  }
  return result;
}

std::string repeating_command(const core::Fields& fields, const core::Fields& defaults) {
  std::string command = "dyt compare";
  const core::Fields results = result_fields(fields);
  for (const core::Field& field : results.list()) {
    const std::string value = core::plain_value(field);
    if (value != core::plain_value(defaults.find(field.key, "defaults"))) {
      command += " " + shell_quoted(field.key + "=" + value);
    }
  }
  return command;
}

}  // namespace dyt::compare
