// SPDX-License-Identifier: Apache-2.0
// dyt sample: pictures drawn from a run of diffusion, as PNG files.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "dyt/core/text.h"
#include "dyt/tasks/open_run.h"
#include "dyt/tasks/sample_pictures.h"

namespace dyt::cli {
namespace {

struct SampleOptions {
  std::string run;
  std::string which = "last";
  std::vector<std::string> overrides;
  int64_t count = 0;
  std::string out;
  bool json = false;
  bool quiet = false;
};

std::string sample_line(const tasks::SampleProgress& progress) {
  return std::to_string(progress.done) + "/" + std::to_string(progress.count) + " pictures, " +
         core::fixed_text(progress.rate_pictures_per_second, 1) + " a second, " +
         duration_text(progress.time_left_seconds) + " left";
}

int run_sample(const SampleOptions& options) {
  const core::StopFlag& stop = stop_on_signals(Audience::kPerson);
  ProgressDisplay display(options.quiet, stop);
  const tasks::SampleOutcome outcome =
      tasks::sample_pictures({.run = options.run,
                              .which = options.which,
                              .overrides = options.overrides,
                              .count = options.count,
                              .out = options.out,
                              .stop = stop,
                              .on_progress = [&](const tasks::SampleProgress& progress) {
                                display.update("", sample_line(progress));
                              }});
  display.finish("", "done");
  if (options.json) {
    std::printf("%s", outcome.settings_json.c_str());
    return 0;
  }
  const std::string kept =
      outcome.kept > 0 ? " (" + std::to_string(outcome.kept) + " were there)" : "";
  std::printf("%ld pictures in %s%s\n", outcome.count, options.out.c_str(), kept.c_str());
  for (const std::string& difference : outcome.data_differences) {
    std::printf("other data than the run's: %s\n", difference.c_str());
  }
  return 0;
}

}  // namespace

Action declare_sample(CLI::App& app) {
  auto options = std::make_shared<SampleOptions>();
  app.add_option("run", options->run, "a folder of a run of diffusion (model=dit)")->required();
  app.add_option("overrides", options->overrides,
                 std::string("assignments that win over the run's config.toml: diffusion.sampler, "
                             "diffusion.sampling_steps, diffusion.guidance, seed, device, "
                             "train.threads; ") +
                     tasks::kOtherDataHelp)
      ->type_name("[key=value ...]");
  app.add_option("--count", options->count, "how many pictures, the classes in turn")
      ->required()
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000}));
  app.add_option("--out", options->out,
                 "folder for them, one folder a class; pictures of the same command are kept")
      ->required();
  app.add_option("--checkpoint", options->which, "last, best, or checkpoints/step-N")
      ->capture_default_str();
  app.add_flag("--json", options->json, "print what they were drawn from as JSON");
  app.add_flag("--quiet", options->quiet, "no progress");
  return [options] { return run_sample(*options); };
}

}  // namespace dyt::cli
