// SPDX-License-Identifier: Apache-2.0
// How a comparison starts its runs and step workers: functions given by the caller, so that a
// command may start processes and a test may not.
//
//   Launcher launch = process_launcher("/usr/bin/dyt");   // dyt/compare/process_launcher.h
//   std::unique_ptr<Run> run = launch(plan);
//   while (!run->exit_status()) {
//     if (const auto progress = run->poll()) { show(*progress); }
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dyt/compare/plan.h"

namespace dyt::compare {

struct RunProgress {
  int64_t step = 0, steps = 0;
  int64_t epoch = 0, epochs = 0;
  double loss = 0;
  std::optional<double> accuracy;  // fraction, of the last evaluation
  double rate_images_per_second = 0;
  double time_left_seconds = 0;
};

// A run that works towards result.json in its folder. No call blocks.
class Run {
 public:
  virtual ~Run() = default;  // ends the run if it still works
  // The newest progress since the last call; nullopt where there is none.
  virtual std::optional<RunProgress> poll() = 0;
  // nullopt while it works; then 0: finished, 4: diverged (both have written result.json), 130:
  // interrupted, others as core::ErrorKind numbers them.
  virtual std::optional<int> exit_status() = 0;
  virtual void send_signal(int signal) = 0;
  // The end of what it said about an error; "" where nothing.
  virtual std::string error_text() = 0;
};

using Launcher = std::function<std::unique_ptr<Run>(const RunPlan&)>;

struct StepBlock {
  double time_seconds = 0;
  int64_t memory_peak_bytes = 0;  // high-water mark of the worker's process
};

// A process that trains in blocks by command. Calls block; a failing worker throws core::Error.
class StepWorker {
 public:
  virtual ~StepWorker() = default;  // ends the worker
  virtual void wait_ready() = 0;    // model built and warmed up
  virtual StepBlock train(int64_t steps) = 0;
};

using WorkerLauncher = std::function<std::unique_ptr<StepWorker>(const RunPlan&)>;

}  // namespace dyt::compare
