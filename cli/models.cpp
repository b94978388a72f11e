// SPDX-License-Identifier: Apache-2.0
// dyt models [NAME]: the table of models.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "dyt/core/lookup.h"
#include "dyt/models/table.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ModelsOptions {
  std::string name;
  bool json = false;
};

Json entry_of(const models::ModelRow& row) {
  models::ModelConfig config = row.config;
  const core::Fields fields = core::fields_of(config);
  Json entry = {{"name", row.name},
                {"summary", row.summary},
                {"parameters_1000_classes", models::parameter_count(row)}};
  entry["config"] = Json::parse(core::to_json_text(fields));
  return entry;
}

int run_models(const ModelsOptions& options) {
  if (!options.name.empty()) {
    const models::ModelRow& row = core::find_row(models::model_table(), options.name, "model");
    if (options.json) {
      std::printf("%s\n", entry_of(row).dump(2).c_str());
      return 0;
    }
    models::ModelConfig config = row.config;
    std::printf(
        "%s: %s\n%ld parameters, with 3 channels and 1000 classes where both are the data's\n\n%s",
        std::string(row.name).c_str(), std::string(row.summary).c_str(),
        models::parameter_count(row), core::to_toml(core::fields_of(config)).c_str());
    return 0;
  }
  Json list = Json::array();
  if (!options.json) {
    std::printf("%-24s %11s  (with 3 channels and 1000 classes where both are the data's)\n",
                "name", "parameters");
  }
  for (const models::ModelRow& row : models::model_table()) {
    list.push_back(entry_of(row));
    if (!options.json) {
      std::printf("%-24s %11ld  %s\n", std::string(row.name).c_str(), models::parameter_count(row),
                  std::string(row.summary).c_str());
    }
  }
  if (options.json) {
    std::printf("%s\n", list.dump(2).c_str());
  }
  return 0;
}

}  // namespace

Action declare_models(CLI::App& app) {
  auto options = std::make_shared<ModelsOptions>();
  app.add_option("name", options->name, "describe one model: its configuration");
  app.add_flag("--json", options->json, "print JSON");
  return [options] { return run_models(*options); };
}

}  // namespace dyt::cli
