// SPDX-License-Identifier: Apache-2.0
// Typed configuration: a struct says once what its fields are, and parsing, printing, --help, the
// errors and the identity of a run all follow from that.
//
//   struct OptimConfig {
//     double lr = 3e-3;
//     void visit_fields(core::Fields& fields) {
//       fields.add("lr", lr, {.help = "peak learning rate", .min = 0});
//     }
//   };
//   struct RunConfig {
//     OptimConfig optim;
//     void visit_fields(core::Fields& fields) { fields.group("optim", optim); }
//   } config;
//   core::Fields fields = core::fields_of(config);
//   core::apply_toml_file(fields, "run.toml");          // [optim] lr = 1e-3
//   core::apply_override(fields, "optim.lr=1e-3");
//
// Precedence is the order of the calls: defaults < preset < file < overrides. A group that is given
// a plain value sets its field `name` (data=mnist is data.name=mnist).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dyt::core {

struct FieldInfo {
  std::string help;
  double min = -std::numeric_limits<double>::infinity();  // bounds of numbers, inclusive,
  double max = std::numeric_limits<double>::infinity();   // of every element of a list
  std::vector<std::string> choices;                       // of strings; empty: anything
  bool identity = true;         // part of a run's identity (false: folders, threads, progress)
  bool count_as_range = false;  // an integer list given as one number n means 0 .. n-1
};

using FieldTarget = std::variant<int64_t*, double*, bool*, std::string*, std::vector<int64_t>*,
                                 std::vector<double>*, std::vector<std::string>*>;

struct Field {
  std::string key;  // "optim.lr"
  FieldTarget target;
  FieldInfo info;
};

class Fields {
 public:
  template <class T>
  void add(std::string_view key, T& target, FieldInfo info) {
    list_.push_back({prefix_ + std::string(key), &target, std::move(info)});
  }

  template <class Config>
  void group(std::string_view name, Config& config) {
    const std::string outer = prefix_;
    prefix_ += std::string(name) + ".";
    config.visit_fields(*this);
    prefix_ = outer;
  }

  const std::vector<Field>& list() const& { return list_; }
  const std::vector<Field>& list() const&& = delete;  // would outlive its owner in a range-for

  // The field of that key, a group's plain value resolved to its `name`; an unknown key is an
  // Error(kUsage) that names the nearest one. `where` is "command line" or "file.toml:12".
  const Field& find(std::string_view key, std::string_view where) const;

  // What to say of a key that is unknown here but known elsewhere; "" for any other.
  void explain_unknown(std::function<std::string(std::string_view key)> explain) {
    explain_ = std::move(explain);
  }

  // For reading a few keys of a larger configuration: assignments to other keys are skipped.
  void skip_unknown() { skips_unknown_ = true; }
  // What an assignment to the key sets: as find(), but null where it is to be skipped.
  const Field* assigned(std::string_view key, std::string_view where) const;

 private:
  const Field* look_up(std::string_view key) const;  // null: unknown

  std::string prefix_;
  std::vector<Field> list_;
  bool skips_unknown_ = false;
  std::function<std::string(std::string_view)> explain_;
};

template <class Config>
Fields fields_of(Config& config) {
  Fields fields;
  config.visit_fields(fields);
  return fields;
}

// Sets one field from text ("3e-3", "true", "a,b" or "[a, b]" for lists). Error(kUsage) on a wrong
// type or a value out of bounds; the message names key, expected, found and `where`.
void apply_value(const Fields& fields, std::string_view key, std::string_view value,
                 std::string_view where);

// "key=value", as on the command line.
void apply_override(const Fields& fields, std::string_view assignment);

// A TOML file; Error(kData) if unreadable, Error(kUsage) on wrong syntax, keys or values.
void apply_toml_file(const Fields& fields, const std::filesystem::path& path);
void apply_toml_text(const Fields& fields, std::string_view text, const std::string& name);

// The value as TOML ("\"digits\"", "[0, 1]", "0.003") and as plain text ("digits", "0,1", "0.003").
std::string toml_value(const Field& field);
std::string plain_value(const Field& field);

// The whole configuration as a TOML file that reads back to the same values.
std::string to_toml(const Fields& fields);
// As a JSON object, keys nested as the groups are.
std::string to_json_text(const Fields& fields);
// Lines "key=value" of the fields that decide results, sorted by key: the base of a run's identity.
std::string identity_text(const Fields& fields);
// One block a field: key, type, default, bounds or choices, help. For --help.
std::string help_text(const Fields& fields);
// The same as a JSON array of objects, for --help --json: key, type, help, default, bounds (where
// there are any), decides_results.
std::string help_json_text(const Fields& fields);
std::string type_name(const Field& field);
std::string bounds_text(const Field& field);

}  // namespace dyt::core
