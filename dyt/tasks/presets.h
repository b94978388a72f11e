// Presets: values that go with a data set or a model name, below a file and overrides in
// precedence.
#pragma once

#include "dyt/tasks/run_config.h"

namespace dyt::tasks {

// Applies preset, file and overrides to a configuration that has RunConfig's keys among its own.
//   CompareConfig config = resolve_config<CompareConfig>(sources);
template <class Config>
Config resolve_config(const ConfigSources& sources);

// The preset's assignments ("model.dim=192") for these names; empty where there is none. Those of a
// comparison ("seeds=3") only where `fields` has their keys. An unknown model name is an
// Error(kUsage).
std::vector<std::string> preset_of(const std::string& data_name, const std::string& model_name,
                                   const core::Fields& fields);

void apply_sources(const core::Fields& fields, const ConfigSources& sources);

// Current plain value of a key; for reading `data.name` and `model.name` before the preset is
// known.
std::string value_of(const core::Fields& fields, std::string_view key);

template <class Config>
Config resolve_config(const ConfigSources& sources) {
  Config scratch;
  const core::Fields scratch_fields = core::fields_of(scratch);
  apply_sources(scratch_fields, sources);

  Config config;
  const core::Fields fields = core::fields_of(config);
  for (const std::string& assignment : preset_of(value_of(scratch_fields, "data.name"),
                                                 value_of(scratch_fields, "model.name"), fields)) {
    core::apply_override(fields, assignment);
  }
  apply_sources(fields, sources);
  return config;
}

}  // namespace dyt::tasks
