// SPDX-License-Identifier: Apache-2.0
// The main job: same model, same data, same recipe, same seeds; several norm slots. Runs what is
// missing, measures the cost, and writes compare.json (docs/compare-json.md), cost.json,
// report.html.
//
//   CompareInput input = prepare_compare(config, executable);   // compare_config.h
//   const CompareOutcome outcome = run_compare(
//       input, {.launch = process_launcher(executable),
//               .start_worker = process_worker_launcher(executable, stop),
//               .stop = stop,
//               .report_html = [](const auto& json) { return report::compare_report_html(json); },
//               .norm_maps = tasks::norm_maps_json});
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dyt/compare/launcher.h"
#include "dyt/compare/run_folders.h"
#include "dyt/compare/scheduler.h"
#include "dyt/core/error.h"

namespace dyt::compare {

struct DataFacts {
  std::string name, summary, source, licence;
  int64_t train = 0, test = 0;  // images
  std::string checksum;
};

struct ModelFacts {
  std::string summary;  // "vit: image 8, patch 2, ..."
  int64_t depth = 0, dim = 0;
  std::string cost_key;  // all that decides the model but its slots
};

// Everything about a comparison that does not depend on how it is run.
struct CompareInput {
  CompareOptions options;  // slots in canonical text
  core::Fields run;        // of one run's configuration, see PlanInput
  IdentityOf identity_of;
  DifferencesOf differences_of;  // of what a folder holds in place of a run; may be empty
  std::filesystem::path folder;
  DataFacts data;
  ModelFacts model;
  int64_t batch_size = 0;
  std::string command;  // that repeats it
  std::string config_json, config_toml;
  std::string environment_json;  // versions and hardware; an object with "hardware"
  std::string binary_hash;       // of the executable; decides whether the cost is measured again
  std::vector<std::string> warnings;
};

struct Hooks {
  Launcher launch;
  WorkerLauncher start_worker;
  const core::StopFlag& stop;
  FolderPolicy policy = FolderPolicy::kKeep;
  // All of these may be empty.
  std::function<void(const RunEvent&)> on_event;
  std::function<void(const std::string&)> say;                 // one line for the person
  std::function<std::string(const std::string&)> report_html;  // from the text of compare.json
  // What the norms of a trained run do, as JSON, from its folder (tasks::norm_maps_json).
  std::function<std::string(const std::filesystem::path&)> norm_maps;
  std::chrono::milliseconds look_every{20};  // at the runs
};

struct CompareOutcome {
  std::filesystem::path folder;
  std::string compare_json;
  std::optional<core::Error> report_error;  // the report could not be made; all else is there
  int64_t runs_kept = 0;                    // were there already
  int64_t runs_done = 0;
};

// Takes the folder for its duration: Error(kUsage) while another process works in it, and where it
// or what is to be written is a person's. Other errors
// as run_all, prepare_folders and cost_of_step throw them; files appear whole or not at all.
CompareOutcome run_compare(const CompareInput& input, const Hooks& hooks);

}  // namespace dyt::compare
