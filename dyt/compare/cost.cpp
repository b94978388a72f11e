// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/cost.h"

#include <sched.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/compare/process_launcher.h"
#include "dyt/compare/slot_name.h"
#include "dyt/compare/statistics.h"
#include "dyt/core/error.h"
#include "dyt/core/files.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kCostVersion = 2;
constexpr double kMsPerSecond = 1000;

struct SlotCost {
  std::vector<double> block_seconds;
  int64_t memory_peak_bytes = 0;
};

Json key_json(const CostKey& key) {
  return {{"slots", key.slots},   {"model", key.model},
          {"batch", key.batch},   {"threads", key.threads},
          {"binary", key.binary}, {"hardware", Json::parse(key.hardware_json)}};
}

// The stored measurement if it is of this very key; null else. A file that cannot be read is no
// measurement: it is only ever a saving of time.
Json stored_cost(const std::filesystem::path& file, const Json& key) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return nullptr;
  }
  const Json stored = Json::parse(core::read_file(file), nullptr, false);
  const bool same = stored.is_object() && stored.value("version", Json()) == kCostVersion &&
                    stored.value("key", Json()) == key && stored.contains("cost");
  return same ? stored["cost"] : Json(nullptr);
}

void check_stop(const core::StopFlag& stop) {
  if (stop.requested()) {
    throw core::Error(core::ErrorKind::kInterrupted,
                      {.what = "stopped while measuring the cost of a step",
                       .todo = "give the same command again: finished runs are kept"});
  }
}

// While it lives, children start on the first `count` of our cores and stay there, all of them on
// the same ones. Cores differ (hyperthreads, neighbours on a shared machine), and left alone each
// worker keeps to one: slots that compute the same then differed by more than a tenth, again and
// again.
class SameCores {
 public:
  explicit SameCores(int64_t count) {
    ::sched_getaffinity(0, sizeof all_, &all_);
    cpu_set_t few;
    CPU_ZERO(&few);
    for (int core = 0; core < CPU_SETSIZE && CPU_COUNT(&few) < count; ++core) {
      if (CPU_ISSET(core, &all_)) {
        CPU_SET(core, &few);
      }
    }
    ::sched_setaffinity(0, sizeof few, &few);
  }
  ~SameCores() { ::sched_setaffinity(0, sizeof all_, &all_); }
  SameCores(const SameCores&) = delete;
  SameCores& operator=(const SameCores&) = delete;

 private:
  cpu_set_t all_;
};

std::vector<std::unique_ptr<StepWorker>> start_workers(const CostInput& input) {
  const SameCores same_cores(input.options.threads);
  std::vector<std::unique_ptr<StepWorker>> workers;
  for (const RunPlan& plan : input.plans) {
    check_stop(input.stop);
    workers.push_back(input.start(plan));
  }
  for (const auto& worker : workers) {
    worker->wait_ready();
  }
  return workers;
}

std::vector<SlotCost> measure(const CostInput& input) {
  const std::vector<std::unique_ptr<StepWorker>> workers = start_workers(input);
  std::vector<SlotCost> costs(workers.size());
  for (int64_t round = 0; round < input.options.rounds; ++round) {
    for (size_t slot = 0; slot < workers.size(); ++slot) {
      check_stop(input.stop);
      const StepBlock block = workers[slot]->train(input.options.steps_per_round);
      costs[slot].block_seconds.push_back(block.time_seconds);
      costs[slot].memory_peak_bytes =
          std::max(costs[slot].memory_peak_bytes, block.memory_peak_bytes);
    }
  }
  return costs;
}

double step_ms(const SlotCost& cost, int64_t steps) {
  return kMsPerSecond * median(cost.block_seconds) / static_cast<double>(steps);
}

// A slot's rounds against the baseline's, each of which ran right beside it: what slows the machine
// down for a while is in both.
Json factor_interval(const SlotCost& cost, const SlotCost& baseline) {
  std::vector<double> factors;
  for (size_t round = 0; round < cost.block_seconds.size(); ++round) {
    factors.push_back(cost.block_seconds[round] / baseline.block_seconds[round]);
  }
  const auto interval = median_interval(factors, 0.90);
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json cost_json(const CostInput& input, const std::vector<SlotCost>& costs) {
  const int64_t steps = input.options.steps_per_round;
  Json none_ms = nullptr;
  for (size_t slot = 0; slot < costs.size(); ++slot) {
    if (is_none_slot(input.plans[slot].slot)) {
      none_ms = step_ms(costs[slot], steps);
    }
  }
  Json slots = Json::array();
  for (size_t slot = 0; slot < costs.size(); ++slot) {
    const double ms = step_ms(costs[slot], steps);
    slots.push_back(
        {{"slot", input.plans[slot].slot},
         {"time_step_ms", ms},
         {"time_share_ms", none_ms.is_null() ? Json() : Json(ms - none_ms.get<double>())},
         {"time_factor_interval90", slot == 0 ? Json() : factor_interval(costs[slot], costs[0])},
         {"memory_peak_bytes", costs[slot].memory_peak_bytes}});
  }
  return {{"threads", input.options.threads},
          {"batch", input.key.batch},
          {"rounds", input.options.rounds},
          {"steps_per_round", steps},
          {"slots", slots}};
}

// They held error logs only. A killed comparison may have left them though its measurement stands.
void remove_worker_folders(const CostInput& input) {
  for (const RunPlan& plan : input.plans) {
    if (core::is_marked(plan.folder)) {
      core::OwnedFolder(plan.folder, worker_folder_kind()).discard();
    }
    std::error_code not_empty;
    std::filesystem::remove(plan.folder.parent_path(), not_empty);
  }
}

}  // namespace

std::string cost_of_step(const CostInput& input) {
  const Json key = key_json(input.key);
  Json cost = stored_cost(input.file, key);
  if (cost.is_null()) {
    if (input.say) {
      input.say("measuring the cost of a training step, one slot at a time");
    }
    cost = cost_json(input, measure(input));
    const Json content = {{"version", kCostVersion}, {"key", key}, {"cost", cost}};
    core::write_file_atomic(input.file, content.dump(2) + "\n");
  }
  remove_worker_folders(input);
  return cost.dump();
}

}  // namespace dyt::compare
