// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/run_difference.h"

#include <map>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/version.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/presets.h"

namespace dyt::tasks {
namespace {

using Lines = std::vector<std::string>;
using Values = std::map<std::string, std::string>;

Values deciding_values(RunConfig config) {
  Values values;
  const core::Fields fields = core::fields_of(config);
  for (const core::Field& field : fields.list()) {
    if (field.info.identity) {
      values[field.key] = core::toml_value(field);
    }
  }
  return values;
}

void add_keys(Lines& lines, const Values& then, const Values& now) {
  Values all = then;
  all.insert(now.begin(), now.end());
  const auto text = [](const Values& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? "not a key of the model" : found->second;
  };
  for (const auto& [key, unused] : all) {
    if (text(then, key) != text(now, key)) {
      lines.push_back(key + ": " + text(then, key) + " in the folder, " + text(now, key) + " here");
    }
  }
}

void add_program(Lines& lines, const std::filesystem::path& folder, const RunConfig& config) {
  const auto env = nlohmann::ordered_json::parse(core::read_file(folder / "env.json"), nullptr,
                                                 /*allow_exceptions=*/false);
  const auto version = env.is_object() ? env.value("results_version", nlohmann::ordered_json())
                                       : nlohmann::ordered_json();
  if (version != core::kResultsVersion) {
    lines.push_back("results version of the program: " + version.dump() + " in the folder, " +
                    std::to_string(core::kResultsVersion) + " here");
  }
  const auto hardware = env.is_object() ? env.find("hardware") : env.end();
  const bool had_gpu = hardware != env.end() && hardware->is_object() && hardware->contains("gpu");
  const std::string kind = ops::device_kind(ops::device_of(config.device));
  if (had_gpu != (kind != "cpu")) {
    lines.push_back("device: " + std::string(had_gpu ? "a GPU" : "cpu") + " in the folder, " +
                    kind + " here");
  }
}

// What cannot be read is said, and the rest is compared all the same.
template <class Compare>
void add_if_readable(Lines& lines, const std::string& what, const Compare& compare) {
  try {
    compare();
  } catch (const core::Error& error) {
    lines.push_back(what + " of the folder cannot be compared: " + error.parts().what);
  }
}

}  // namespace

std::vector<std::string> run_differences(const std::filesystem::path& folder,
                                         const RunConfig& config, const DataRecord& now) {
  Lines lines;
  add_if_readable(lines, "config.toml", [&] {
    const auto then = resolve_config<RunConfig>({.file = folder / "config.toml"});
    add_keys(lines, deciding_values(then), deciding_values(config));
  });
  add_if_readable(lines, "data.json", [&] {
    const DataRecord then = read_data_record(folder);
    for (Lines more : {data_differences(then, now), weight_differences(then, now)}) {
      lines.insert(lines.end(), more.begin(), more.end());
    }
  });
  add_if_readable(lines, "env.json", [&] { add_program(lines, folder, config); });
  return lines;
}

}  // namespace dyt::tasks
