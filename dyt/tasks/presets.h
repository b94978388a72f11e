// SPDX-License-Identifier: Apache-2.0
// Presets: values that go with a data set or a model name, below a file and overrides in
// precedence.
#pragma once

#include "dyt/models/table.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {

// Applies preset, file and overrides to a RunConfig, or to a configuration with a RunConfig `run`
// whose keys are among its own.
//   CompareConfig config = resolve_config<CompareConfig>(sources);
template <class Config>
Config resolve_config(const ConfigSources& given);

// The names that choose presets and, the model's, what keys there are.
struct PresetNames {
  std::string data, model;
};

// Reads nothing but them. Error(kUsage) for an unknown model.
PresetNames preset_names(const ConfigSources& sources);

// The data set's assignments ("train.epochs=3"); empty where there are none. Those of a comparison
// ("seeds=3") only where `fields` has their keys.
std::vector<std::string> preset_of(const PresetNames& names, const core::Fields& fields);

// Makes the error for a key that belongs to models of other families say whose it is.
void explain_other_families(core::Fields& fields, const std::string& model);

void apply_sources(const core::Fields& fields, const ConfigSources& sources);

// With the file's text. Error(kUsage) for a file without any: who names one means its content.
ConfigSources read_sources(ConfigSources sources);

template <class Config>
Config resolve_config(const ConfigSources& given) {
  const ConfigSources sources = read_sources(given);
  const PresetNames names = preset_names(sources);
  Config config;
  if constexpr (std::is_same_v<Config, RunConfig>) {
    config.model = models::find_model(names.model);
  } else {
    config.run.model = models::find_model(names.model);
  }
  core::Fields fields = core::fields_of(config);
  explain_other_families(fields, names.model);
  for (const std::string& assignment : preset_of(names, fields)) {
    core::apply_override(fields, assignment);
  }
  apply_sources(fields, sources);
  return config;
}

}  // namespace dyt::tasks
