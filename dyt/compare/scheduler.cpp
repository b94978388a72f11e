// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/scheduler.h"

#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "dyt/compare/run_result.h"
#include "dyt/core/error.h"

namespace dyt::compare {
namespace {

constexpr auto kSignalAgain = std::chrono::seconds(2);
constexpr int kExitFinished = 0;
constexpr int kExitDiverged = static_cast<int>(core::ErrorKind::kDiverged);

constexpr int kExitKilled = 128 + SIGKILL;

std::string failure_text(int status) {
  return status == kExitKilled ? "was killed: perhaps the memory was full (jobs=1 needs less)"
                               : "failed with exit status " + std::to_string(status);
}

core::ErrorKind kind_of_exit(int status) {
  if (status == kExitKilled) {
    return core::ErrorKind::kResources;
  }
  for (const auto kind : {core::ErrorKind::kUsage, core::ErrorKind::kData,
                          core::ErrorKind::kResources, core::ErrorKind::kInterrupted}) {
    if (status == static_cast<int>(kind)) {
      return kind;
    }
  }
  return core::ErrorKind::kInternal;
}

core::Error failure(const RunPlan& plan, const std::string& what, int status,
                    const std::string& said) {
  return core::Error(kind_of_exit(status),
                     {.what = "the run '" + plan.name + "' " + what,
                      .where = plan.folder.string(),
                      .found = said.empty() ? "no message" : said,
                      .todo = "give the same command again once that is mended: finished runs are "
                              "kept"});
}

class Scheduler {
 public:
  explicit Scheduler(const ScheduleInput& input)
      : input_(input),
        plans_(launch_order(input.plans)),
        jobs_(static_cast<size_t>(input.jobs > 0 ? input.jobs : available_cores())) {}

  void run();

 private:
  struct Active {
    const RunPlan* plan;
    std::unique_ptr<Run> run;
    RunProgress progress;
  };

  void start_runs();
  void look_at_runs();
  void finish(Active& active, int status);
  void stop_rest();
  void interrupt_rest() const;
  void tell(const Active& active, RunState state) const;

  const ScheduleInput& input_;
  std::vector<RunPlan> plans_;
  size_t jobs_;
  size_t next_ = 0;
  int64_t ended_ = 0;
  std::vector<Active> active_;
};

void Scheduler::run() {
  try {
    while (next_ < plans_.size() || !active_.empty()) {
      if (input_.stop.requested()) {
        throw core::Error(core::ErrorKind::kInterrupted,
                          {.what = "stopped after " + std::to_string(ended_) + " of " +
                                   std::to_string(plans_.size()) + " runs",
                           .todo = "give the same command again to go on: finished runs are kept, "
                                   "the others go on from their last saved step"});
      }
      start_runs();
      look_at_runs();
      if (active_.size() >= jobs_ || next_ == plans_.size()) {
        std::this_thread::sleep_for(input_.look_every);
      }
    }
  } catch (...) {
    stop_rest();
    throw;
  }
}

void Scheduler::start_runs() {
  while (active_.size() < jobs_ && next_ < plans_.size()) {
    const RunPlan& plan = plans_[next_++];
    active_.push_back({&plan, input_.launch(plan), {}});
    tell(active_.back(), RunState::kStarted);
  }
}

void Scheduler::look_at_runs() {
  for (size_t i = 0; i < active_.size();) {
    // The status first: what a run says before its end is then read below.
    const std::optional<int> status = active_[i].run->exit_status();
    if (const auto progress = active_[i].run->poll()) {
      active_[i].progress = *progress;
      tell(active_[i], RunState::kTraining);
    }
    if (!status) {
      ++i;
      continue;
    }
    Active done = std::move(active_[i]);
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(i));
    finish(done, *status);
  }
}

void Scheduler::finish(Active& active, int status) {
  const RunPlan& plan = *active.plan;
  if (status != kExitFinished && status != kExitDiverged) {
    throw failure(plan, failure_text(status), status, active.run->error_text());
  }
  if (!has_result(plan.folder) || run_folder_identity(plan.folder) != plan.identity) {
    throw failure(plan, "ended without leaving its result", status, active.run->error_text());
  }
  const RunResult result = read_run_result(plan.folder);
  active.progress.step = result.step;
  active.progress.accuracy = result.test_accuracy;
  ++ended_;
  tell(active, result.diverged ? RunState::kDiverged : RunState::kFinished);
}

// A signal that meets a child before it has its handlers is lost, so it is sent again now and then.
void Scheduler::stop_rest() {
  auto last_signal = std::chrono::steady_clock::now();
  interrupt_rest();
  while (!active_.empty()) {
    std::erase_if(active_, [](const Active& active) {
      active.run->poll();  // a child with a full pipe would never end
      return active.run->exit_status().has_value();
    });
    std::this_thread::sleep_for(input_.look_every);
    if (std::chrono::steady_clock::now() - last_signal > kSignalAgain) {
      interrupt_rest();
      last_signal = std::chrono::steady_clock::now();
    }
  }
}

void Scheduler::interrupt_rest() const {
  for (const Active& active : active_) {
    active.run->send_signal(SIGINT);
  }
}

void Scheduler::tell(const Active& active, RunState state) const {
  if (input_.on_event) {
    input_.on_event({.plan = *active.plan,
                     .state = state,
                     .progress = active.progress,
                     .ended = ended_,
                     .total = static_cast<int64_t>(plans_.size())});
  }
}

}  // namespace

void run_all(const ScheduleInput& input) { Scheduler(input).run(); }

std::vector<RunPlan> launch_order(std::vector<RunPlan> plans) {
  std::stable_sort(plans.begin(), plans.end(), [](const RunPlan& first, const RunPlan& second) {
    return first.epochs > second.epochs;
  });
  return plans;
}

int64_t available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) {
    return 1;
  }
  return std::max<int64_t>(1, CPU_COUNT(&set));
}

}  // namespace dyt::compare
