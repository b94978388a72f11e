// SPDX-License-Identifier: Apache-2.0
// Typed reading of a JSON document whose fields may be null or absent. Wrong types are errors that
// name the file and the field's place ("slots[1].accuracy.mean").
//
//   const JsonDocument document("compare.json", text);
//   const std::optional<double> margin = document.root().number("margin_points");
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dyt::report {

// A view into a JsonDocument, which must outlive it. Absent and null are the same thing.
class JsonNode {
 public:
  JsonNode(const nlohmann::ordered_json* value, std::string file, std::string place);

  bool present() const;
  JsonNode object(const std::string& key) const;             // may be absent
  std::vector<JsonNode> list(const std::string& key) const;  // empty where absent
  std::vector<std::pair<std::string, JsonNode>> members() const;

  std::optional<double> number(const std::string& key) const;
  std::optional<int64_t> integer(const std::string& key) const;
  std::optional<bool> boolean(const std::string& key) const;
  std::string text(const std::string& key) const;  // "" where absent
  std::string required_text(const std::string& key) const;
  std::vector<double> numbers(const std::string& key) const;  // null elements become NaN

  double as_number() const;     // NaN where null
  std::string as_text() const;  // a string's content, other values as JSON
  bool is_object() const;

  // Error(kData) about this field; `key` may be empty.
  [[noreturn]] void fail(const std::string& key, const std::string& expected) const;

 private:
  const nlohmann::ordered_json* find(const std::string& key) const;
  std::string place_of(const std::string& key) const;

  const nlohmann::ordered_json* value_;
  std::string file_;
  std::string place_;
};

class JsonDocument {
 public:
  JsonDocument(const std::string& file, const std::string& text);  // Error(kData) on bad JSON
  ~JsonDocument();
  JsonNode root() const;

 private:
  std::string file_;
  std::unique_ptr<nlohmann::ordered_json> value_;
};

}  // namespace dyt::report
