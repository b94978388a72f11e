// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/json_node.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"

namespace dyt::report {

using Json = nlohmann::ordered_json;

JsonNode::JsonNode(const Json* value, std::string file, std::string place)
    : value_(value), file_(std::move(file)), place_(std::move(place)) {
  if (value_ != nullptr && value_->is_null()) {
    value_ = nullptr;
  }
}

bool JsonNode::present() const { return value_ != nullptr; }

bool JsonNode::is_object() const { return present() && value_->is_object(); }

std::string JsonNode::place_of(const std::string& key) const {
  return place_.empty() || key.empty() ? place_ + key : place_ + "." + key;
}

void JsonNode::fail(const std::string& key, const std::string& expected) const {
  const Json* value = key.empty() ? value_ : find(key);
  std::string found = value == nullptr ? "nothing" : value->dump();
  if (found.size() > 60) {
    found = value->type_name();
  }
  throw core::Error(core::ErrorKind::kData,
                    {.what = "a field that cannot be used",
                     .where = file_ + ", " + (place_of(key).empty() ? "top level" : place_of(key)),
                     .expected = expected,
                     .found = found,
                     .todo = "make the file again with the command that wrote it"});
}

const Json* JsonNode::find(const std::string& key) const {
  if (value_ == nullptr) {
    return nullptr;
  }
  if (!value_->is_object()) {
    fail("", "an object");
  }
  const auto found = value_->find(key);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

JsonNode JsonNode::object(const std::string& key) const {
  const Json* value = find(key);
  if (value != nullptr && !value->is_object()) {
    fail(key, "an object");
  }
  return {value, file_, place_of(key)};
}

std::vector<JsonNode> JsonNode::list(const std::string& key) const {
  std::vector<JsonNode> nodes;
  const Json* value = find(key);
  if (value == nullptr) {
    return nodes;
  }
  if (!value->is_array()) {
    fail(key, "a list");
  }
  for (size_t i = 0; i < value->size(); ++i) {
    nodes.emplace_back(&(*value)[i], file_, place_of(key) + "[" + std::to_string(i) + "]");
  }
  return nodes;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  std::vector<std::pair<std::string, JsonNode>> result;
  if (value_ == nullptr) {
    return result;
  }
  if (!value_->is_object()) {
    fail("", "an object");
  }
  for (const auto& [key, value] : value_->items()) {
    result.emplace_back(key, JsonNode(&value, file_, place_of(key)));
  }
  return result;
}

std::optional<double> JsonNode::number(const std::string& key) const {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number()) {
    fail(key, "a number");
  }
  return value->get<double>();
}

std::optional<int64_t> JsonNode::integer(const std::string& key) const {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number_integer()) {
    fail(key, "a whole number");
  }
  return value->get<int64_t>();
}

std::optional<bool> JsonNode::boolean(const std::string& key) const {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_boolean()) {
    fail(key, "true or false");
  }
  return value->get<bool>();
}

std::string JsonNode::text(const std::string& key) const {
  const Json* value = find(key);
  if (value == nullptr) {
    return "";
  }
  if (!value->is_string()) {
    fail(key, "a text");
  }
  return value->get<std::string>();
}

std::string JsonNode::required_text(const std::string& key) const {
  if (find(key) == nullptr) {
    fail(key, "a text");
  }
  return text(key);
}

std::vector<double> JsonNode::numbers(const std::string& key) const {
  std::vector<double> values;
  for (const JsonNode& node : list(key)) {
    values.push_back(node.as_number());
  }
  return values;
}

double JsonNode::as_number() const {
  if (value_ == nullptr) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (!value_->is_number()) {
    fail("", "a number");
  }
  return value_->get<double>();
}

std::string JsonNode::as_text() const {
  if (value_ == nullptr) {
    return "";
  }
  return value_->is_string() ? value_->get<std::string>() : value_->dump();
}

JsonDocument::JsonDocument(const std::string& file, const std::string& text) : file_(file) {
  try {
    value_ = std::make_unique<Json>(Json::parse(text));
  } catch (const Json::parse_error& error) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "not a JSON document",
                       .where = file + ", byte " + std::to_string(error.byte),
                       .found = error.what(),
                       .todo = "make the file again with the command that wrote it"});
  }
}

JsonDocument::~JsonDocument() = default;

JsonNode JsonDocument::root() const {
  const JsonNode node(value_.get(), file_, "");
  if (!node.is_object()) {
    node.fail("", "an object");
  }
  return node;
}

}  // namespace dyt::report
