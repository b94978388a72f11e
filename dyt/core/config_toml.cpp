// SPDX-License-Identifier: Apache-2.0
// The only file that sees toml++ (MIT; a single-header parser of TOML 1.0 that keeps source lines).
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "dyt/core/config.h"
#include "dyt/core/config_text.h"
#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/text.h"

namespace dyt::core {
namespace {

std::string place_of(const toml::node& node, const std::string& name) {
  return name + ":" + std::to_string(node.source().begin.line);
}

[[noreturn]] void throw_wrong_type(const Field& field, const std::string& where,
                                   const std::string& found) {
  throw Error(ErrorKind::kUsage, {.what = "wrong type for '" + field.key + "'",
                                  .where = where,
                                  .expected = type_name(field),
                                  .found = found,
                                  .todo = field.info.help});
}

enum class Wanted { kNumber, kBool, kText };

Wanted wanted_of(const Field& field) {
  switch (field.target.index()) {
    case 2:
      return Wanted::kBool;
    case 3:
    case 6:
      return Wanted::kText;
    default:
      return Wanted::kNumber;
  }
}

bool is_list(const Field& field) { return field.target.index() >= 4; }

// A scalar as the text that apply_value reads; TOML's own type is checked here, because in a file
// "3" and 3 are different things.
std::string scalar_text(const Field& field, const toml::node& node, const std::string& where) {
  const Wanted wanted = wanted_of(field);
  if (const auto* text = node.as_string(); text != nullptr && wanted == Wanted::kText) {
    return text->get();
  }
  if (const auto* flag = node.as_boolean(); flag != nullptr && wanted == Wanted::kBool) {
    return flag->get() ? "true" : "false";
  }
  if (const auto* whole = node.as_integer(); whole != nullptr && wanted == Wanted::kNumber) {
    return std::to_string(whole->get());
  }
  if (const auto* number = node.as_floating_point();
      number != nullptr && wanted == Wanted::kNumber) {
    return number_text(number->get());
  }
  std::ostringstream found;
  found << node.type();
  throw_wrong_type(field, where, found.str());
}

void apply_leaf(const Fields& fields, const std::string& key, const toml::node& node,
                const std::string& name) {
  const std::string where = place_of(node, name);
  const Field* assigned = fields.assigned(key, where);
  if (assigned == nullptr) {
    return;
  }
  const Field& field = *assigned;
  if (const toml::array* array = node.as_array()) {
    if (!is_list(field)) {
      throw_wrong_type(field, where, "a list");
    }
    std::vector<std::string> items;
    for (const toml::node& item : *array) {
      items.push_back(scalar_text(field, item, where));
    }
    apply_value(fields, key, "[" + join(items, ",") + "]", where);
    return;
  }
  apply_value(fields, key, scalar_text(field, node, where), where);
}

void apply_table(const Fields& fields, const std::string& prefix, const toml::table& table,
                 const std::string& name) {
  for (const auto& [key, node] : table) {
    const std::string full = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      apply_table(fields, full + ".", *inner, name);
    } else {
      apply_leaf(fields, full, node, name);
    }
  }
}

}  // namespace

void apply_toml_text(const Fields& fields, std::string_view text, const std::string& name) {
  const toml::parse_result result = toml::parse(text, name);
  if (!result) {
    const toml::parse_error& error = result.error();
    throw Error(ErrorKind::kUsage,
                {.what = "not a valid TOML file: " + std::string(error.description()),
                 .where = name + ":" + std::to_string(error.source().begin.line),
                 .todo = "see https://toml.io for the syntax"});
  }
  apply_table(fields, "", result.table(), name);
}

void apply_toml_file(const Fields& fields, const std::filesystem::path& path) {
  apply_toml_text(fields, read_file(path), path.string());
}

}  // namespace dyt::core
