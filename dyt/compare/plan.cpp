// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/plan.h"

#include <map>

#include "dyt/compare/slot_name.h"
#include "dyt/core/text.h"

namespace dyt::compare {
namespace {

using Changes = std::map<std::string, std::string>;

// The values of a run, those in `changes` replaced. Each change must be a key of the run.
std::vector<std::string> arguments_with(const core::Fields& run, const Changes& changes) {
  for (const auto& [key, value] : changes) {
    run.find(key, "comparison");
  }
  std::vector<std::string> arguments;
  for (const core::Field& field : run.list()) {
    const auto change = changes.find(field.key);
    arguments.push_back(field.key + "=" +
                        (change == changes.end() ? core::plain_value(field) : change->second));
  }
  return arguments;
}

template <class Value>
Value value_of(const core::Fields& run, std::string_view key) {
  return *std::get<Value*>(run.find(key, "comparison").target);
}

constexpr char kStartFrom[] = "start.from";

// Where the runs' weights start, of a model that can start from weights; null for others.
const std::string* start_from(const core::Fields& run) {
  for (const core::Field& field : run.list()) {
    if (field.key == kStartFrom) {
      return std::get<std::string*>(field.target);
    }
  }
  return nullptr;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t place = text.find(from);
  return place == std::string::npos ? text : text.replace(place, from.size(), to);
}

// The folder of the same slot and seed in another comparison.
std::string with_names(const std::string& from, const RunPlan& plan) {
  return replaced(replaced(from, "{slot}", slot_folder(plan.slot)), "{seed}",
                  std::to_string(plan.seed));
}

class Planner {
 public:
  Planner(const PlanInput& input, const IdentityOf& identity_of)
      : input_(input),
        identity_of_(identity_of),
        lr_(value_of<double>(input.run, "optim.lr")),
        epochs_(value_of<int64_t>(input.run, "train.epochs")) {}

  RunPlan seed_run(const std::string& slot, int64_t seed) const {
    const std::string name = "seed-" + std::to_string(seed);
    return complete({.name = slot_label(slot) + ", seed " + std::to_string(seed),
                     .slot = slot,
                     .seed = seed,
                     .lr = lr_,
                     .epochs = epochs_,
                     .folder = input_.folder / "slots" / slot_folder(slot) / name},
                    {});
  }

  RunPlan strip_run(const std::string& slot, double lr) const {
    const std::string rate = core::number_text(lr);
    return complete({.name = slot_label(slot) + ", lr " + rate,
                     .slot = slot,
                     .seed = input_.options.strip.seed,
                     .lr = lr,
                     .epochs = input_.options.strip.epochs,
                     .folder = input_.folder / "strip" / slot_folder(slot) / ("lr-" + rate)},
                    {});
  }

  RunPlan cost_run(const std::string& slot) const {
    return complete({.name = slot_label(slot) + ", cost",
                     .slot = slot,
                     .seed = input_.options.seeds[0],
                     .lr = lr_,
                     .epochs = epochs_,
                     .folder = input_.folder / "cost" / slot_folder(slot)},
                    {{"train.threads", std::to_string(input_.options.cost.threads)}});
  }

 private:
  RunPlan complete(RunPlan plan, Changes changes) const {
    changes["model.norm"] = plan.slot;
    changes["seed"] = std::to_string(plan.seed);
    changes["optim.lr"] = core::number_text(plan.lr);
    changes["train.epochs"] = std::to_string(plan.epochs);
    changes["out"] = plan.folder.string();
    if (const std::string* from = start_from(input_.run)) {
      changes[kStartFrom] = with_names(*from, plan);
    }
    plan.arguments = arguments_with(input_.run, changes);
    plan.identity = identity_of_(plan);
    return plan;
  }

  const PlanInput& input_;
  const IdentityOf& identity_of_;
  double lr_;
  int64_t epochs_;
};

}  // namespace

Plans make_plans(const PlanInput& input, const IdentityOf& identity_of) {
  const Planner planner(input, identity_of);
  const CompareOptions& options = input.options;
  Plans plans;
  for (const std::string& slot : options.slots) {
    for (const int64_t seed : options.seeds) {
      plans.runs.push_back(planner.seed_run(slot, seed));
    }
    if (options.strip.enabled) {
      for (const double lr : options.strip.lrs) {
        plans.strip.push_back(planner.strip_run(slot, lr));
      }
    }
    if (options.cost.enabled) {
      plans.cost.push_back(planner.cost_run(slot));
    }
  }
  return plans;
}

}  // namespace dyt::compare
