// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/output_place.h"

#include "dyt/tasks/input_paths.h"
#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

// Of a comparison's start.from the part before {slot} or {seed}, and a name below it that stands
// for the rest: as no folder, it is only kept out of the output.
std::filesystem::path fixed_part(const std::string& path) {
  const size_t brace = path.find('{');
  if (brace == std::string::npos) {
    return path;
  }
  const std::filesystem::path before = path.substr(0, brace);
  return before.has_filename() ? before.parent_path() / "*" : before / "*";
}

}  // namespace

std::vector<core::NamedPath> inputs_of(const RunConfig& config) {
  RunConfig copy = config;  // fields are for writing, too
  std::vector<core::NamedPath> inputs;
  const core::Fields fields = core::fields_of(copy);
  for (const core::Field* field : input_paths(fields)) {
    const std::string& path = *std::get<std::string*>(field->target);
    // The folder of all data sets may hold other things, results among them.
    if (names_a_file(field->key, path) && field->key != "data.dir") {
      inputs.push_back({field->key, fixed_part(path)});
    }
  }
  return inputs;
}

void check_output(const core::NamedPath& output, const RunConfig& config) {
  core::check_apart(output, inputs_of(config));
}

}  // namespace dyt::tasks
