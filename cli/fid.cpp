// SPDX-License-Identifier: Apache-2.0
// dyt fid: how good generated pictures are, beside real ones.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/passed_over_json.h"
#include "cli/progress.h"
#include "dyt/core/text.h"
#include "dyt/tasks/picture_quality.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;

struct FidOptions {
  std::string reference, samples;
  std::vector<std::string> assignments;
  bool json = false;
  bool quiet = false;
};

Json source_json(const std::string& name, int64_t count, const data::PassedOver& passed) {
  return {{"source", name}, {"count", count}, {"passed_over", passed_over_json(passed)}};
}

Json fid_json(const tasks::PictureQuality& quality) {
  Json numbers = Json::object(), titles = Json::object();
  for (const tasks::QualityNumber& number : quality.numbers) {
    numbers[number.key] = number.value;
    titles[number.key] = number.title;
  }
  return {
      {"version", 1},
      {"network", quality.network},
      {"features", quality.dimensions},
      {"reference",
       source_json(quality.reference_name, quality.reference_count, quality.reference_passed)},
      {"samples", source_json(quality.samples_name, quality.samples_count, quality.samples_passed)},
      {"numbers", numbers},
      {"titles", titles},
      {"warnings", quality.warnings}};
}

void print_table(const tasks::PictureQuality& quality) {
  std::printf("reference: %s (%ld pictures)\nsamples:   %s (%ld pictures)\n",
              quality.reference_name.c_str(), quality.reference_count, quality.samples_name.c_str(),
              quality.samples_count);
  std::printf("%ld features of each by the network: %s\n\n", quality.dimensions,
              quality.network.c_str());
  size_t width = 0;
  for (const tasks::QualityNumber& number : quality.numbers) {
    width = std::max(width, number.title.size());
  }
  for (const tasks::QualityNumber& number : quality.numbers) {
    std::printf("%-*s %10s\n", static_cast<int>(width), number.title.c_str(),
                core::fixed_text(number.value, 4).c_str());
  }
  for (const std::string& warning : quality.warnings) {
    std::printf("\nwarning: %s\n", warning.c_str());
  }
}

int run_fid(const FidOptions& options) {
  tasks::QualityInput input{.reference = options.reference, .samples = options.samples};
  const core::Fields fields = core::fields_of(input.config);
  for (const std::string& assignment : options.assignments) {
    core::apply_override(fields, assignment);
  }
  static const core::StopFlag kNever;  // nothing is written: Ctrl-C may end the process
  ProgressDisplay display(options.quiet, kNever);
  input.on_progress = [&](const std::string& source, int64_t done, int64_t count) {
    display.update(
        "", source + ": " + std::to_string(done) + "/" + std::to_string(count) + " pictures");
  };
  const tasks::PictureQuality quality = tasks::picture_quality(input);
  display.finish("", "done");
  if (options.json) {
    std::printf("%s\n",
                fid_json(quality).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  } else {
    print_table(quality);
  }
  return 0;
}

}  // namespace

Action declare_fid(CLI::App& app) {
  auto options = std::make_shared<FidOptions>();
  app.add_option("reference", options->reference,
                 "real pictures: a folder of JPEG or PNG files, at any depth, or run=RUN for the "
                 "images of that run's data")
      ->required();
  app.add_option("samples", options->samples, "generated pictures: a folder")->required();
  app.add_option("assignments", options->assignments,
                 "inception=FILE.safetensors or classifier=RUN, and the other keys below")
      ->type_name("[key=value ...]");
  static tasks::QualityConfig defaults;
  app.footer("Keys, with their defaults:\n" + core::help_text(core::fields_of(defaults)));
  app.add_flag("--json", options->json, "print JSON");
  app.add_flag("--quiet", options->quiet, "no progress");
  return [options] { return run_fid(*options); };
}

}  // namespace dyt::cli
