// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/presets.h"

#include <algorithm>
#include <iterator>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/text.h"

namespace dyt::tasks {
namespace {

struct DataPreset {
  std::vector<std::string> run;         // keys of `dyt train`
  std::vector<std::string> comparison;  // keys that only `dyt compare` has
  std::string vit_patch, patch;         // of the model `vit`, and of `mae`, `dino` and `dit`
};

// 28-pixel images in 7-pixel patches are 16 tokens, as many as the digits have; 60,000 of them need
// fewer passes than 1,437. Three seeds and a short strip keep a comparison within a quarter of an
// hour on two cores (configs/compare/fashion_mnist.toml has the result).
const DataPreset kMnist = {.run = {"train.epochs=3", "train.batch_size=64"},
                           .comparison = {"seeds=3", "strip.lrs=3e-3,1e-2", "strip.epochs=1"},
                           .vit_patch = "7",
                           .patch = "4"};

const DataPreset kCifar10 = {.run = {"train.epochs=10", "train.batch_size=64"},
                             .comparison = {"seeds=3"},
                             .vit_patch = "4",
                             .patch = "4"};

struct PresetRow {
  std::string_view data;
  const DataPreset& preset;
};

const PresetRow kPresets[] = {{"mnist", kMnist}, {"fashion_mnist", kMnist}, {"cifar10", kCifar10}};

bool has_key(const core::Fields& fields, const std::string& key) {
  const std::vector<core::Field>& list = fields.list();
  return std::any_of(list.begin(), list.end(),
                     [&](const core::Field& field) { return field.key == key; });
}

// Of models without sizes of their own alone: a row with an image size keeps its patch.
std::string patch_of(const DataPreset& preset, const std::string& model) {
  if (model == models::ModelConfig().name) {
    return preset.vit_patch;
  }
  return model == "mae" || model == "dino" || model == "dit" ? preset.patch : "";
}

std::vector<std::string> families_with(const std::string& key) {
  std::vector<std::string> names;
  for (const std::string& name : models::family_names()) {
    RunConfig run;
    run.model = models::find_model(name);
    core::Fields fields;
    visit_family_fields(run, fields);
    if (has_key(fields, key)) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

PresetNames preset_names(const ConfigSources& sources) {
  data::DataConfig data;
  models::ModelConfig model;
  PresetNames names{data.name, model.name};
  core::Fields fields;
  fields.add("data.name", names.data, {});
  fields.add("model.name", names.model, {});
  fields.skip_unknown();
  apply_sources(fields, sources);
  models::find_model(names.model);
  return names;
}

std::vector<std::string> preset_of(const PresetNames& names, const core::Fields& fields) {
  std::vector<std::string> assignments;
  for (const PresetRow& row : kPresets) {
    if (row.data != names.data) {
      continue;
    }
    assignments = row.preset.run;
    if (const std::string patch = patch_of(row.preset, names.model); !patch.empty()) {
      assignments.push_back("model.patch_size=" + patch);
    }
    std::copy_if(row.preset.comparison.begin(), row.preset.comparison.end(),
                 std::back_inserter(assignments), [&](const std::string& assignment) {
                   return has_key(fields, assignment.substr(0, assignment.find('=')));
                 });
  }
  return assignments;
}

void explain_other_families(core::Fields& fields, const std::string& model) {
  fields.explain_unknown([model](std::string_view key) -> std::string {
    const std::vector<std::string> owners = families_with(std::string(key));
    if (owners.empty()) {
      return "";
    }
    const std::string noun = owners.size() == 1 ? "the family " : "the families ";
    return "it is a key of models of " + noun + core::join(owners, ", ") + "; the model here is " +
           model;
  });
}

ConfigSources read_sources(ConfigSources sources) {
  if (!sources.file || sources.text) {
    return sources;
  }
  sources.text = core::read_file(*sources.file);
  if (core::trim(*sources.text).empty()) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "the configuration file is empty",
                                                .where = sources.file->string(),
                                                .expected = "TOML, for instance: seed = 3",
                                                .todo = "leave it out to take the defaults"});
  }
  return sources;
}

void apply_sources(const core::Fields& fields, const ConfigSources& sources) {
  const ConfigSources read = read_sources(sources);
  if (read.file) {
    core::apply_toml_text(fields, *read.text, read.file->string());
  }
  for (const std::string& assignment : sources.overrides) {
    core::apply_override(fields, assignment);
  }
}

}  // namespace dyt::tasks
