// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/config.h"

#include <charconv>
#include <cmath>

#include "dyt/core/config_text.h"
#include "dyt/core/error.h"
#include "dyt/core/key_suggestion.h"
#include "dyt/core/text.h"
#include "dyt/core/user_path.h"

namespace dyt::core {
namespace {

struct Place {
  const Field& field;
  std::string_view where;
};

[[noreturn]] void throw_wrong_value(const Place& place, std::string_view found) {
  const std::string bounds = bounds_text(place.field);
  throw Error(ErrorKind::kUsage,
              {.what = "wrong value for '" + place.field.key + "'",
               .where = std::string(place.where),
               .expected = type_name(place.field) + (bounds.empty() ? "" : ", " + bounds),
               .found = std::string(found),
               .todo = place.field.info.help});
}

// from_chars of the whole text, a leading '+' allowed.
template <class Number>
bool parse_number(std::string_view text, Number& value) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
  }
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

bool within_bounds(const FieldInfo& info, double value) {
  return std::isfinite(value) && value >= info.min && value <= info.max;
}

std::string unquoted(std::string_view text) {
  std::string plain = trim(text);
  if (plain.size() >= 2 && (plain.front() == '"' || plain.front() == '\'') &&
      plain.back() == plain.front()) {
    return plain.substr(1, plain.size() - 2);
  }
  return plain;
}

bool is_bracketed(std::string_view text) {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']';
}

std::vector<std::string> list_items(std::string_view value) {
  std::string text = trim(value);
  if (is_bracketed(text)) {
    text = trim(std::string_view(text).substr(1, text.size() - 2));
  }
  std::vector<std::string> items;
  if (!text.empty()) {
    for (const std::string& item : split(text, ',')) {
      items.push_back(unquoted(item));
    }
  }
  return items;
}

// One overload a target type: reads `text` into the target or throws.
void assign(const Place& place, std::string_view text, int64_t& target) {
  int64_t value = 0;
  if (!parse_number(text, value) || !within_bounds(place.field.info, static_cast<double>(value))) {
    throw_wrong_value(place, text);
  }
  target = value;
}

void assign(const Place& place, std::string_view text, double& target) {
  double value = 0;
  if (!parse_number(text, value) || !within_bounds(place.field.info, value)) {
    throw_wrong_value(place, text);
  }
  target = value;
}

void assign(const Place& place, std::string_view text, bool& target) {
  if (text != "true" && text != "false") {
    throw_wrong_value(place, text);
  }
  target = text == "true";
}

void assign(const Place& place, std::string_view text, std::string& target) {
  const std::vector<std::string>& choices = place.field.info.choices;
  const std::string value = unquoted(text);
  check_tilde(place.field.key, value, place.where);
  bool known = choices.empty();
  for (const std::string& choice : choices) {
    known = known || choice == value;
  }
  if (!known) {
    throw Error(ErrorKind::kUsage, {.what = "wrong value for '" + place.field.key + "'",
                                    .where = std::string(place.where),
                                    .expected = "one of " + join(choices, ", "),
                                    .found = value,
                                    .todo = suggestion(value, choices)});
  }
  target = value;
}

template <class Element>
void assign(const Place& place, std::string_view text, std::vector<Element>& target) {
  std::vector<Element> values;
  for (const std::string& item : list_items(text)) {
    Element value{};
    assign(place, item, value);
    values.push_back(value);
  }
  if constexpr (std::is_same_v<Element, int64_t>) {
    const bool one_number = values.size() == 1 && !is_bracketed(trim(text));
    if (place.field.info.count_as_range && one_number) {
      const int64_t count = values[0];
      if (count < 1 || count > 10000) {
        throw_wrong_value(place, text);
      }
      values.clear();
      for (int64_t i = 0; i < count; ++i) {
        values.push_back(i);
      }
    }
  }
  target = std::move(values);
}

}  // namespace

const Field* Fields::look_up(std::string_view key) const {
  const std::string named = std::string(key) + ".name";
  for (const Field& field : list_) {
    if (field.key == key || field.key == named) {
      return &field;
    }
  }
  return nullptr;
}

const Field* Fields::assigned(std::string_view key, std::string_view where) const {
  return skips_unknown_ ? look_up(key) : &find(key, where);
}

const Field& Fields::find(std::string_view key, std::string_view where) const {
  if (const Field* field = look_up(key)) {
    return *field;
  }
  std::vector<std::string> keys;
  for (const Field& field : list_) {
    keys.push_back(field.key);
  }
  const std::string explanation = explain_ ? explain_(key) : "";
  // What is known elsewhere is a slip here only where the same group has a name like it.
  const std::string group(key.substr(0, key.find('.') + 1));
  const bool has_near = nearest_name(key, keys).starts_with(group);
  throw Error(ErrorKind::kUsage,
              {.what = "unknown key '" + std::string(key) + "'" +
                       (explanation.empty() ? "" : ": " + explanation),
               .where = std::string(where),
               .todo = explanation.empty() || has_near ? key_suggestion(key, keys) : ""});
}

void apply_value(const Fields& fields, std::string_view key, std::string_view value,
                 std::string_view where) {
  if (const Field* field = fields.assigned(key, where)) {
    std::visit([&](auto* target) { assign({*field, where}, value, *target); }, field->target);
  }
}

void apply_override(const Fields& fields, std::string_view assignment) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(ErrorKind::kUsage, {.what = "not an assignment: '" + std::string(assignment) + "'",
                                    .where = "command line",
                                    .expected = "key=value, for instance optim.lr=1e-3"});
  }
  apply_value(fields, assignment.substr(0, equals), trim(assignment.substr(equals + 1)),
              "command line");
}

}  // namespace dyt::core
