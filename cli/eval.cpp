// SPDX-License-Identifier: Apache-2.0
// dyt eval: a run's checkpoint on the test images of its data.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "dyt/tasks/open_run.h"
#include "dyt/tasks/run.h"

namespace dyt::cli {
namespace {

struct EvalOptions {
  std::string run;
  std::string which = "last";
  std::vector<std::string> overrides;
  bool fold = false;
  bool json = false;
};

int run_eval(const EvalOptions& options) {
  const tasks::EvalOutcome outcome =
      tasks::evaluate_run(options.run, options.which, options.overrides, options.fold);
  if (options.json) {
    nlohmann::ordered_json line = {{"checkpoint", outcome.checkpoint.string()},
                                   {"data", outcome.data},
                                   {"other_data", !outcome.data_differences.empty()},
                                   {"data_differences", outcome.data_differences},
                                   {"test_images", outcome.test_images},
                                   {"test_accuracy", outcome.evaluation.accuracy},
                                   {"test_loss", outcome.evaluation.loss}};
    for (const train::Measure& measure : outcome.evaluation.measures) {
      line[measure.name] = measure.value;
    }
    // The working directory, unlike our arguments, may be of another encoding than UTF-8.
    std::printf("%s\n", line.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  } else {
    std::printf("%s on %s: %s %.2f %%, test loss %.4f (%ld images)\n", outcome.checkpoint.c_str(),
                outcome.data.c_str(), outcome.accuracy_of.c_str(),
                100 * outcome.evaluation.accuracy, outcome.evaluation.loss, outcome.test_images);
    for (const std::string& difference : outcome.data_differences) {
      std::printf("other data than the run's: %s\n", difference.c_str());
    }
    for (const train::Measure& measure : outcome.evaluation.measures) {
      std::printf("%s: %.4f\n", measure.title.c_str(), measure.value);
    }
  }
  return 0;
}

}  // namespace

Action declare_eval(CLI::App& app) {
  auto options = std::make_shared<EvalOptions>();
  app.add_option("run", options->run, "a folder that `dyt train` or `dyt compare` has written")
      ->required();
  app.add_option(
         "overrides", options->overrides,
         std::string("assignments that win over the run's config.toml; ") + tasks::kOtherDataHelp)
      ->type_name("[key=value ...]");
  app.add_option("--checkpoint", options->which, "last, best, or checkpoints/step-N")
      ->capture_default_str();
  app.add_flag(
      "--fold", options->fold,
      "weight and bias of the norm slots folded into the layers that follow, as for inference");
  app.add_flag("--json", options->json, "print JSON");
  return [options] { return run_eval(*options); };
}

}  // namespace dyt::cli
