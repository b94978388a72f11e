// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/models/table.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;

// The keys that go with another family's model.
struct FamilyKeys {
  tasks::RunConfig run;
  core::Fields fields;  // of `run`
};

// All families but that of the default model, whose keys are in every list.
const std::vector<std::unique_ptr<FamilyKeys>>& other_families() {
  static const auto kFamilies = [] {
    std::vector<std::unique_ptr<FamilyKeys>> families;
    for (const std::string& name : models::family_names()) {
      if (name == models::ModelConfig().name) {
        continue;
      }
      families.push_back(std::make_unique<FamilyKeys>());
      FamilyKeys& family = *families.back();
      family.run.model = models::find_model(name);
      tasks::visit_family_fields(family.run, family.fields);
    }
    return families;
  }();
  return kFamilies;
}

bool has_models(const core::Fields& fields) {
  const std::vector<core::Field>& list = fields.list();
  return std::any_of(list.begin(), list.end(),
                     [](const core::Field& field) { return field.key == "model.name"; });
}

std::string keys_text(const core::Fields& fields) {
  std::string text = "Keys, with their defaults:\n" + core::help_text(fields);
  if (has_models(fields)) {
    for (const auto& family : other_families()) {
      text += "\nKeys with model=" + family->run.model.name + " and its relatives:\n" +
              core::help_text(family->fields);
    }
  }
  return text;
}

// A key of another family says, as `with_model`, whose it is.
std::string keys_json(const core::Fields& fields) {
  Json keys = Json::parse(core::help_json_text(fields));
  if (has_models(fields)) {
    for (const auto& family : other_families()) {
      for (Json& key : Json::parse(core::help_json_text(family->fields))) {
        key["with_model"] = family->run.model.name;
        keys.push_back(key);
      }
    }
  }
  return keys.dump(2);
}

bool is_assignment(const std::string& item) {
  const size_t equals = item.find('=');
  return equals != std::string::npos && equals > 0 && item.find('/') > equals;
}

// CLI11 prints for --help what the formatter makes; with --json that is the keys alone.
class KeysFormatter : public CLI::Formatter {
 public:
  explicit KeysFormatter(const core::Fields& fields) : keys_(keys_json(fields)) {}

  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    const CLI::Option* json = app->get_option_no_throw("--json");
    return json != nullptr && json->count() > 0 ? keys_ + "\n"
                                                : CLI::Formatter::make_help(app, name, mode);
  }

 private:
  std::string keys_;
};

}  // namespace

std::shared_ptr<std::vector<std::string>> declare_config_arguments(CLI::App& app,
                                                                   const core::Fields& fields) {
  auto items = std::make_shared<std::vector<std::string>>();
  app.add_option("items", *items, "a TOML file, and assignments that win over it")
      ->type_name("[CONFIG.toml] [key=value ...]");
  app.footer(keys_text(fields));
  app.formatter(std::make_shared<KeysFormatter>(fields));
  return items;
}

tasks::ConfigSources sources_of(const std::vector<std::string>& items) {
  tasks::ConfigSources sources;
  for (const std::string& item : items) {
    if (is_assignment(item)) {
      sources.overrides.push_back(item);
    } else if (!sources.file) {
      sources.file = item;
    } else {
      throw core::Error(core::ErrorKind::kUsage,
                        {.what = "more than one configuration file",
                         .where = "command line",
                         .expected = "one file, then key=value",
                         .found = "'" + sources.file->string() + "' and '" + item + "'"});
    }
  }
  return sources;
}

}  // namespace dyt::cli
