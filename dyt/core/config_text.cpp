// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/config_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dyt/core/config.h"
#include "dyt/core/text.h"

namespace dyt::core {
namespace {

using Json = nlohmann::ordered_json;

// One overload a type: the value as TOML.
std::string as_toml(int64_t value) { return std::to_string(value); }
std::string as_toml(bool value) { return value ? "true" : "false"; }
std::string as_toml(const std::string& value) { return toml_string(value); }
std::string as_toml(double value) {
  const std::string text = number_text(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
template <class Element>
std::string as_toml(const std::vector<Element>& values) {
  std::vector<std::string> parts;
  for (const Element& value : values) {
    parts.push_back(as_toml(value));
  }
  return "[" + join(parts, ", ") + "]";
}

// ... and as plain text, as it is written on a command line.
template <class Value>
std::string as_plain(const Value& value) {
  return as_toml(value);
}
std::string as_plain(double value) { return number_text(value); }
std::string as_plain(const std::string& value) { return value; }
template <class Element>
std::string as_plain(const std::vector<Element>& values) {
  std::vector<std::string> parts;
  for (const Element& value : values) {
    parts.push_back(as_plain(value));
  }
  return "[" + join(parts, ",") + "]";
}

std::string group_of(const std::string& key) {
  const size_t dot = key.rfind('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

std::string leaf_of(const std::string& key) {
  const size_t dot = key.rfind('.');
  return dot == std::string::npos ? key : key.substr(dot + 1);
}

}  // namespace

std::string toml_string(std::string_view text) {
  // JSON's escapes are valid in a TOML basic string.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string toml_value(const Field& field) {
  return std::visit([](const auto* target) { return as_toml(*target); }, field.target);
}

std::string plain_value(const Field& field) {
  return std::visit([](const auto* target) { return as_plain(*target); }, field.target);
}

std::string to_toml(const Fields& fields) {
  // Keys without a group come first: in TOML what follows a [group] header belongs to it.
  std::map<std::string, std::string> groups;
  std::vector<std::string> order;
  for (const Field& field : fields.list()) {
    const std::string group = group_of(field.key);
    if (!groups.contains(group)) {
      order.push_back(group);
    }
    groups[group] += leaf_of(field.key) + " = " + toml_value(field) + "\n";
  }
  std::string text = groups[""];
  for (const std::string& group : order) {
    if (!group.empty()) {
      text += (text.empty() ? "[" : "\n[") + group + "]\n" + groups[group];
    }
  }
  return text;
}

std::string to_json_text(const Fields& fields) {
  Json root = Json::object();
  for (const Field& field : fields.list()) {
    Json* place = &root;
    for (const std::string& part : split(field.key, '.')) {
      place = &(*place)[part];
    }
    std::visit([&](const auto* target) { *place = *target; }, field.target);
  }
  return root.dump(2);
}

std::string identity_text(const Fields& fields) {
  std::vector<std::string> lines;
  for (const Field& field : fields.list()) {
    if (field.info.identity) {
      lines.push_back(field.key + "=" + toml_value(field));
    }
  }
  std::sort(lines.begin(), lines.end());
  return join(lines, "\n");
}

std::string type_name(const Field& field) {
  constexpr const char* kNames[] = {"integer",          "number",          "true or false", "text",
                                    "list of integers", "list of numbers", "list of texts"};
  const std::string name = kNames[field.target.index()];
  return field.info.count_as_range ? "a count n (0 to n-1) or a " + name : name;
}

std::string bounds_text(const Field& field) {
  const FieldInfo& info = field.info;
  if (!info.choices.empty()) {
    return "one of " + join(info.choices, ", ");
  }
  const bool low = std::isfinite(info.min);
  const bool high = std::isfinite(info.max);
  if (low && high) {
    return "from " + number_text(info.min) + " to " + number_text(info.max);
  }
  if (low) {
    return "at least " + number_text(info.min);
  }
  return high ? "at most " + number_text(info.max) : "";
}

std::string help_text(const Fields& fields) {
  std::ostringstream text;
  for (const Field& field : fields.list()) {
    const std::string bounds = bounds_text(field);
    text << "  " << field.key << " = " << toml_value(field) << "\n      " << field.info.help << " ("
         << type_name(field) << (bounds.empty() ? "" : ", ") << bounds << ")\n";
  }
  return text.str();
}

std::string help_json_text(const Fields& fields) {
  Json list = Json::array();
  for (const Field& field : fields.list()) {
    Json entry = {{"key", field.key}, {"type", type_name(field)}, {"help", field.info.help}};
    std::visit([&](const auto* target) { entry["default"] = *target; }, field.target);
    const std::string bounds = bounds_text(field);
    if (!bounds.empty()) {
      entry["bounds"] = bounds;
    }
    entry["decides_results"] = field.info.identity;
    list.push_back(entry);
  }
  return list.dump(2);
}

}  // namespace dyt::core
