#include "dyt/tasks/output_place.h"

#include <algorithm>

#include "dyt/tasks/run_config.h"

namespace dyt::tasks {
namespace {

constexpr std::string_view kInputKeys[] = {
    "data.folder",      "data.images",           "data.labels",          "data.test_images",
    "data.test_labels", "diffusion.autoencoder", "diffusion.classifier", "start.from"};

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
  for (const core::Field& field : fields.list()) {
    const bool is_input =
        std::find(std::begin(kInputKeys), std::end(kInputKeys), field.key) != std::end(kInputKeys);
    const auto* const* text = std::get_if<std::string*>(&field.target);
    if (is_input && text != nullptr && !(*text)->empty()) {
      inputs.push_back({field.key, fixed_part(**text)});
    }
  }
  return inputs;
}

void check_output(const core::NamedPath& output, const RunConfig& config) {
  core::check_apart(output, inputs_of(config));
}

}  // namespace dyt::tasks
