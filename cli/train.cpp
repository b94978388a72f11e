// SPDX-License-Identifier: Apache-2.0
// dyt train: one run.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/pictures.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "dyt/core/files.h"
#include "dyt/core/text.h"
#include "dyt/report/plots.h"
#include "dyt/report/run_report.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "dyt/train/run_place.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TrainOptions {
  std::shared_ptr<std::vector<std::string>> items;
  bool json = false;
  bool quiet = false;
  bool fresh = false;
  bool events = false;
};

// One JSON line an event, for a parent process; at most a few a second.
class EventPrinter {
 public:
  void print(const train::Progress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (progress.step != progress.steps && now - last_ < std::chrono::milliseconds(300)) {
      return;
    }
    last_ = now;
    const Json line = {{"event", "progress"},
                       {"step", progress.step},
                       {"steps", progress.steps},
                       {"epoch", progress.epoch},
                       {"epochs", progress.epochs},
                       {"loss", progress.loss},
                       {"accuracy", progress.accuracy ? Json(*progress.accuracy) : Json(nullptr)},
                       {"rate_images_per_second", progress.rate_images_per_second},
                       {"time_left_seconds", progress.time_left_seconds}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }

 private:
  std::chrono::steady_clock::time_point last_{};
};

void write_report(const std::filesystem::path& folder) {
  train::write_run_file(
      folder, "report.html",
      report::run_report_html(core::read_file(folder / "config.toml"),
                              core::read_file(folder / "metrics.jsonl"),
                              core::read_file(folder / "result.json"),
                              core::read_file(folder / "env.json"), pictures_in(folder)));
}

// The loss is null where it was finite to the end and only the last update was not.
std::string what_was_not_finite(const Json& loss) {
  return loss.is_null() ? "its update, the last, made weights that are not finite"
                        : "a loss was not finite (" + loss.get<std::string>() + ")";
}

void print_divergence(const Json& result, const std::filesystem::path& folder) {
  const Json& nonfinite = result.at("nonfinite");
  std::printf("diverged at step %ld: %s\n%s\n", result.at("step").get<int64_t>(),
              what_was_not_finite(nonfinite.at("loss")).c_str(),
              nonfinite.at("words").get<std::string>().c_str());
  std::filesystem::path last = train::find_checkpoint(folder, "last");
  if (std::filesystem::is_symlink(last)) {
    last = folder / std::filesystem::read_symlink(last);
  }
  std::printf("%s\n", train::is_checkpoint(last)
                          ? ("the last good checkpoint: " + last.string()).c_str()
                          : "no epoch ended with finite weights, so there is no checkpoint");
}

void print_summary(const tasks::RunOutcome& outcome, bool as_json) {
  if (as_json) {
    std::printf("%s", outcome.result_json.c_str());
    return;
  }
  const Json result = Json::parse(outcome.result_json);
  const std::string folder = outcome.folder.string();
  if (outcome.status == train::RunStatus::kDiverged) {
    print_divergence(result, outcome.folder);
  } else {
    std::printf("%s %.2f %%, test loss %.4f after %ld steps%s\n",
                result.value("accuracy_of", "test accuracy").c_str(),
                100 * result.at("test_accuracy").get<double>(),
                result.at("test_loss").get<double>(), result.at("step").get<int64_t>(),
                outcome.was_finished ? " (the folder held the finished run)" : "");
    for (const Json& measure : result.value("measures", Json::array())) {
      std::printf("%s: %.4f\n", measure.at("title").get<std::string>().c_str(),
                  measure.at("value").get<double>());
    }
  }
  std::printf("%s/report.html\n", folder.c_str());
}

int run_train(const TrainOptions& options) {
  const core::StopFlag& stop =
      stop_on_signals(options.events ? Audience::kParent : Audience::kPerson);
  const auto config = tasks::resolve_config<tasks::RunConfig>(sources_of(*options.items));
  const bool silent = options.quiet || options.events;
  ProgressDisplay display(silent, stop);
  if (const std::string problem = silent ? "" : report::plot_problem(); !problem.empty()) {
    display.message("warning: the report will have no plots: " + problem);
  }
  EventPrinter events;
  const tasks::RunOutcome outcome = tasks::train_run(
      {.config = config,
       .command = command_line(),
       .fresh = options.fresh,
       .stop = stop,
       .on_progress =
           [&](const train::Progress& progress) {
             if (options.events) {
               events.print(progress);
             } else {
               display.update({"", progress.step, progress.steps, progress.loss, progress.accuracy,
                               progress.rate_images_per_second, progress.time_left_seconds});
             }
           },
       .on_warning = [&](const std::string& text) { display.message("warning: " + text); },
       .on_note = [&](const std::string& text) { display.message(text); }});
  if (!options.events) {
    display.finish("", "done");
    print_summary(outcome, options.json);
    std::fflush(stdout);  // a report that cannot be written holds no result back
    write_report(outcome.folder);
  }
  return outcome.status == train::RunStatus::kDiverged ? 4 : 0;
}

}  // namespace

Action declare_train(CLI::App& app) {
  auto options = std::make_shared<TrainOptions>();
  static tasks::RunConfig defaults;
  options->items = declare_config_arguments(app, core::fields_of(defaults));
  app.add_flag("--json", options->json, "print the result as JSON");
  app.add_flag("--quiet", options->quiet, "no progress");
  app.add_flag("--fresh", options->fresh, "clear a folder that holds another or an older run");
  app.add_flag("--events", options->events, "JSON lines of progress on standard output")->group("");
  return [options] { return run_train(*options); };
}

}  // namespace dyt::cli
