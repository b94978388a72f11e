// SPDX-License-Identifier: Apache-2.0
// dyt compare: the main job.
#include "dyt/compare/compare.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/pictures.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "dyt/compare/compare_config.h"
#include "dyt/compare/process_launcher.h"
#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/report/compare_report.h"
#include "dyt/report/plots.h"
#include "dyt/tasks/inspect.h"
#include "dyt/tasks/presets.h"

namespace dyt::cli {
namespace {

struct CompareOptions {
  std::shared_ptr<std::vector<std::string>> items;
  bool json = false;
  bool quiet = false;
  bool fresh = false;
  bool fresh_where_changed = false;
};

compare::FolderPolicy policy_of(const CompareOptions& options) {
  if (options.fresh) {
    return compare::FolderPolicy::kFresh;
  }
  return options.fresh_where_changed ? compare::FolderPolicy::kFreshWhereChanged
                                     : compare::FolderPolicy::kKeep;
}

std::string end_line(const compare::RunEvent& event) {
  const std::string count =
      "[" + std::to_string(event.ended) + "/" + std::to_string(event.total) + "] ";
  if (event.state == compare::RunState::kDiverged) {
    return count + event.plan.name + ": diverged at step " + std::to_string(event.progress.step);
  }
  std::string text = count + event.plan.name + ": done";
  if (event.progress.accuracy) {
    text += ", accuracy " + core::fixed_text(100 * *event.progress.accuracy, 1) + " %";
  }
  return text;
}

void show(ProgressDisplay& display, const compare::RunEvent& event) {
  const compare::RunProgress& progress = event.progress;
  if (event.state == compare::RunState::kFinished || event.state == compare::RunState::kDiverged) {
    display.finish(event.plan.name, end_line(event));
  } else if (event.state == compare::RunState::kTraining) {
    display.update({event.plan.name, progress.step, progress.steps, progress.loss,
                    progress.accuracy, progress.rate_images_per_second,
                    progress.time_left_seconds});
  }
}

int run_compare_command(const CompareOptions& options) {
  const core::StopFlag& stop = stop_on_signals(Audience::kPerson);
  auto config = tasks::resolve_config<compare::CompareConfig>(sources_of(*options.items));
  const std::string executable = std::filesystem::read_symlink("/proc/self/exe").string();
  const compare::CompareInput input = compare::prepare_compare(config, executable);
  ProgressDisplay display(options.quiet, stop);
  for (const std::string& warning : input.warnings) {
    display.message("warning: " + warning);
  }
  if (const std::string problem = report::plot_problem(); !problem.empty()) {
    display.message("warning: the report will have no plots: " + problem);
  }
  const compare::CompareOutcome outcome = compare::run_compare(
      input, {.launch = compare::process_launcher(executable),
              .start_worker = compare::process_worker_launcher(executable, stop),
              .stop = stop,
              .policy = policy_of(options),
              .on_event = [&](const compare::RunEvent& event) { show(display, event); },
              .say = [&](const std::string& line) { display.message(line); },
              .report_html =
                  [png_of = pictures_in(input.folder)](const std::string& json) {
                    return report::compare_report_html(json, png_of);
                  },
              .norm_maps = tasks::norm_maps_json});
  if (options.json) {
    std::printf("%s\n", outcome.compare_json.c_str());
  } else {
    std::printf("%s", report::compare_table_text(outcome.compare_json).c_str());
  }
  if (outcome.report_error) {
    std::fflush(stdout);
    throw core::Error(*outcome.report_error);
  }
  if (!options.json) {
    std::printf("\nReport: %s\n", (outcome.folder / "report.html").c_str());
  }
  return 0;
}

}  // namespace

Action declare_compare(CLI::App& app) {
  auto options = std::make_shared<CompareOptions>();
  static compare::CompareConfig defaults;
  options->items = declare_config_arguments(app, core::fields_of(defaults));
  app.add_flag("--json", options->json, "print compare.json instead of the table");
  app.add_flag("--quiet", options->quiet, "no progress");
  app.add_flag("--fresh", options->fresh, "run everything again");
  app.add_flag("--fresh-where-changed", options->fresh_where_changed,
               "run again what the folder holds of another configuration, keep the rest");
  return [options] { return run_compare_command(*options); };
}

}  // namespace dyt::cli
