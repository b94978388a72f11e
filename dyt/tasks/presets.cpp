#include "dyt/tasks/presets.h"

#include "dyt/core/lookup.h"
#include "dyt/models/table.h"

namespace dyt::tasks {
namespace {

struct DataPreset {
  std::string_view name;
  std::vector<std::string> assignments;
};

// 28-pixel images in 4-pixel patches are 49 tokens; 60,000 of them need fewer passes than 1,437.
const DataPreset kDataPresets[] = {
    {"mnist", {"model.patch_size=4", "train.epochs=5", "train.batch_size=64"}},
    {"fashion_mnist", {"model.patch_size=4", "train.epochs=5", "train.batch_size=64"}},
    {"cifar10", {"model.patch_size=4", "train.epochs=10", "train.batch_size=64"}},
};

// "<group>.key=value" for every field of `preset` that differs from its type's default.
template <class Config>
void append_differences(const std::string& group, Config preset,
                        std::vector<std::string>& assignments) {
  Config standard;
  const core::Fields preset_fields = core::fields_of(preset);
  const core::Fields standard_fields = core::fields_of(standard);
  for (size_t i = 0; i < preset_fields.list().size(); ++i) {
    const core::Field& field = preset_fields.list()[i];
    const std::string value = core::plain_value(field);
    if (field.key != "name" && value != core::plain_value(standard_fields.list()[i])) {
      assignments.push_back(group + "." + field.key + "=" + value);
    }
  }
}

}  // namespace

std::vector<std::string> preset_of(const std::string& data_name, const std::string& model_name) {
  std::vector<std::string> assignments;
  for (const DataPreset& preset : kDataPresets) {
    if (preset.name == data_name) {
      assignments = preset.assignments;
    }
  }
  const models::ModelRow& row = core::find_row(models::model_table(), model_name, "model");
  append_differences("model", row.config, assignments);
  append_differences("init", row.init, assignments);
  return assignments;
}

void apply_sources(const core::Fields& fields, const ConfigSources& sources) {
  if (sources.file) {
    core::apply_toml_file(fields, *sources.file);
  }
  for (const std::string& assignment : sources.overrides) {
    core::apply_override(fields, assignment);
  }
}

std::string value_of(const core::Fields& fields, std::string_view key) {
  return core::plain_value(fields.find(key, "configuration"));
}

}  // namespace dyt::tasks
