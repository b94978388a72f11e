// SPDX-License-Identifier: Apache-2.0
// One run from its configuration to its folder: what `dyt train` and `dyt eval` do.
#pragma once

#include <functional>

#include "dyt/core/stop.h"
#include "dyt/tasks/run_config.h"
#include "dyt/train/loop.h"

namespace dyt::tasks {

struct RunInput {
  RunConfig config;
  std::string command;  // as the user gave it, for env.json
  bool fresh = false;   // clear a folder that holds another run
  const core::StopFlag& stop;
  std::function<void(const train::Progress&)> on_progress;
  std::function<void(const std::string&)>
      on_warning;                                   // the data's, config_warnings(); may be empty
  std::function<void(const std::string&)> on_note;  // start_text() of a fresh run; may be empty
};

struct RunOutcome {
  std::filesystem::path folder;
  train::RunStatus status = train::RunStatus::kFinished;
  bool was_finished = false;  // the folder held the result already
  std::string result_json;    // result.json
};

std::filesystem::path run_folder_of(const RunConfig& config);

// Trains, or goes on from the folder's newest checkpoint, or finds the run finished.
RunOutcome train_run(const RunInput& input);

struct EvalOutcome {
  std::filesystem::path checkpoint;
  std::string data;
  std::vector<std::string> data_differences;  // as of OpenRun
  int64_t test_images = 0;
  std::string accuracy_of;  // for people: what the accuracy is of
  train::Evaluation evaluation;
};

// Evaluates a checkpoint of a run folder ("last" or "best") on the test images of its data; `fold`:
// with the model folded for inference. `overrides` and errors as of open_run().
EvalOutcome evaluate_run(const std::filesystem::path& run_folder, const std::string& which,
                         const std::vector<std::string>& overrides, bool fold = false);

// Warnings about a configuration, fitted to its data, that trains but not well or not soon; empty
// where there is nothing to say.
std::vector<std::string> config_warnings(const RunConfig& config);

}  // namespace dyt::tasks
