// SPDX-License-Identifier: Apache-2.0
// Runs many plans, a few side by side, and ends cleanly whatever happens. Single-threaded: it
// starts, polls and waits from the calling thread (children die with the thread that started them).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "dyt/compare/launcher.h"
#include "dyt/core/stop.h"

namespace dyt::compare {

enum class RunState { kStarted, kTraining, kFinished, kDiverged };

struct RunEvent {
  const RunPlan& plan;
  RunState state;
  RunProgress progress;  // the newest; after the end step and accuracy of result.json
  int64_t ended = 0;     // runs that have ended, this one included
  int64_t total = 0;     // runs of this call
};

struct ScheduleInput {
  std::vector<RunPlan> plans;
  int64_t jobs = 0;  // side by side; 0: available_cores()
  Launcher launch;
  const core::StopFlag& stop;
  std::function<void(const RunEvent&)> on_event;  // may be empty
  std::chrono::milliseconds look_every{20};
};

// Returns when every plan has its result.json. A request to stop sends SIGINT to what runs, waits
// for it and throws Error(kInterrupted). A run that ends with anything but 0 (finished) and 4
// (diverged, a result) stops the others in the same way; the error carries its kind and what it
// said.
void run_all(const ScheduleInput& input);

// The order in which plans are started: the longest first (more epochs), else as given. This is the
// "longest processing time" rule, at most a third above the shortest possible end.
std::vector<RunPlan> launch_order(std::vector<RunPlan> plans);

// Cores that this process may use.
int64_t available_cores();

}  // namespace dyt::compare
