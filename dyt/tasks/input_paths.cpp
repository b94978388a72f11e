// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/input_paths.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string_view>

#include "dyt/core/shell.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

// A test holds this list against all keys that are no part of an identity.
constexpr std::string_view kInputPaths[] = {
    "data.images",           "data.labels",         "data.test_images", "data.test_labels",
    "data.folder",           "data.test_folder",    "data.dir",         "start.from",
    "diffusion.autoencoder", "diffusion.classifier"};

// Data sets that come with the program or from files that other keys name.
constexpr std::string_view kNoFolderNeeded[] = {"digits", "images", "folder"};

}  // namespace

bool is_input_path(const std::string& key) {
  return std::find(std::begin(kInputPaths), std::end(kInputPaths), key) != std::end(kInputPaths);
}

bool names_a_file(const std::string& key, const std::string& value) {
  return is_input_path(key) && !value.empty() &&
         (key != "data.test_folder" || value != data::kNoTestFolder);
}

std::vector<const core::Field*> input_paths(const core::Fields& fields) {
  std::vector<const core::Field*> paths;
  for (const core::Field& field : fields.list()) {
    if (is_input_path(field.key)) {
      paths.push_back(&field);
    }
  }
  return paths;
}

std::string absolute_path(const std::string& path) {
  if (path.empty()) {
    return path;
  }
  std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
  if (absolute.size() > 1 && absolute.ends_with('/')) {
    absolute.pop_back();
  }
  return absolute;
}

void make_inputs_absolute(RunConfig& config) {
  if (config.data.name == data::DataConfig().name) {
    config.data.name = data::dataset_name(config.data);
  }
  const core::Fields fields = core::fields_of(config);
  for (const core::Field* field : input_paths(fields)) {
    std::string& path = *std::get<std::string*>(field->target);
    if (names_a_file(field->key, path)) {
      path = absolute_path(path);
    }
  }
}

void settle_data_folder(data::DataConfig& config) {
  const bool needs_none = std::find(std::begin(kNoFolderNeeded), std::end(kNoFolderNeeded),
                                    config.name) != std::end(kNoFolderNeeded);
  if (!needs_none && config.dir.empty() && std::getenv("DYT_DATA") != nullptr) {
    config.dir = absolute_path(data::data_folder(config).string());
  }
}

core::Fields result_fields(const core::Fields& fields) {
  core::Fields result;
  for (const core::Field& field : fields.list()) {
    if (field.info.identity || is_input_path(field.key)) {
      std::visit([&](auto* target) { result.add(field.key, *target, field.info); }, field.target);
    }
  }
  return result;
}

std::string repeating_command(const std::string& command, const core::Fields& fields,
                              const core::Fields& defaults) {
  std::string text = command;
  const core::Fields results = result_fields(fields);
  for (const core::Field& field : results.list()) {
    const std::string value = core::plain_value(field);
    if (value != core::plain_value(defaults.find(field.key, "defaults"))) {
      text += " " + core::shell_quoted(field.key + "=" + value);
    }
  }
  return text;
}

}  // namespace dyt::tasks
