// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/compare.h"

#include <nlohmann/json.hpp>

#include "dyt/analysis/norm_map.h"
#include "dyt/compare/compare_json.h"
#include "dyt/compare/cost.h"
#include "dyt/core/owned_folder.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/train/checkpoint.h"

namespace dyt::compare {
namespace {

std::vector<RunPlan> all_runs(const Plans& plans) {
  std::vector<RunPlan> runs = plans.runs;
  runs.insert(runs.end(), plans.strip.begin(), plans.strip.end());
  return runs;
}

std::vector<RunResult> read_results(const std::vector<RunPlan>& plans,
                                    const std::filesystem::path& folder) {
  std::vector<RunResult> results;
  for (const RunPlan& plan : plans) {
    RunResult result = read_run_result(plan.folder);
    for (RunPicture& picture : result.pictures) {
      picture.file = (plan.folder / picture.file).lexically_relative(folder).string();
    }
    results.push_back(std::move(result));
  }
  return results;
}

std::string measured_cost(const CompareInput& input, const Plans& plans, const Hooks& hooks,
                          core::OwnedFolder& folder) {
  if (plans.cost.empty()) {
    return "null";
  }
  if (hooks.policy == FolderPolicy::kFresh) {
    folder.remove("cost.json");
  }
  folder.claim({"cost.json"});
  const auto environment = nlohmann::ordered_json::parse(input.environment_json);
  return cost_of_step({.plans = plans.cost,
                       .key = {.slots = input.options.slots,
                               .model = input.model.cost_key,
                               .batch = input.batch_size,
                               .threads = input.options.cost.threads,
                               .binary = input.binary_hash,
                               .hardware_json = environment.at("hardware").dump()},
                       .options = input.options.cost,
                       .file = folder.path() / "cost.json",
                       .start = hooks.start_worker,
                       .stop = hooks.stop,
                       .say = hooks.say});
}

bool has_maps(const std::string& slot) {
  return analysis::is_mapped(nn::parse_norm_spec(slot).kind);
}

// The first run, slot by slot, whose norms have maps and that did not diverge; the baseline's as a
// rule.
const RunPlan* run_with_norms(const std::vector<RunPlan>& plans,
                              const std::vector<RunResult>& results) {
  for (size_t i = 0; i < plans.size(); ++i) {
    if (has_maps(plans[i].slot) && !results[i].diverged) {
      return &plans[i];
    }
  }
  return nullptr;
}

std::string measured_norms(const std::vector<RunPlan>& plans, const std::vector<RunResult>& results,
                           const Hooks& hooks) {
  const RunPlan* plan = run_with_norms(plans, results);
  if (!hooks.norm_maps || plan == nullptr) {
    return "null";
  }
  if (!train::is_checkpoint(train::find_checkpoint(plan->folder, "last"))) {
    if (hooks.say) {
      hooks.say("no picture of what norms do: the checkpoint of '" + plan->name + "' is gone");
    }
    return "null";
  }
  const auto maps = nlohmann::ordered_json::parse(hooks.norm_maps(plan->folder));
  if (maps.is_null()) {
    return "null";
  }
  nlohmann::ordered_json norms = {{"slot", plan->slot}, {"seed", plan->seed}};
  norms.update(maps);
  return norms.dump();
}

}  // namespace

CompareOutcome run_compare(const CompareInput& input, const Hooks& hooks) {
  input.options.validate();
  const Plans plans = make_plans({input.run, input.options, input.folder}, input.identity_of);
  core::OwnedFolder folder(input.folder, {.kind = "comparison"});
  folder.check_free("compare.json");  // before anything runs
  folder.check_free("cost.json");
  if (hooks.report_html) {
    folder.check_free("report.html");
  }
  const std::vector<RunPlan> runs = all_runs(plans);
  const std::vector<RunPlan> missing =
      prepare_folders(runs, hooks.policy, hooks.say, input.differences_of);
  const auto kept = static_cast<int64_t>(runs.size() - missing.size());
  if (hooks.say && kept > 0) {
    hooks.say(std::to_string(kept) + " of " + std::to_string(runs.size()) +
              " runs are there already and are kept");
  }
  folder.check_place();
  run_all({.plans = missing,
           .jobs = input.options.jobs,
           .launch = hooks.launch,
           .stop = hooks.stop,
           .on_event = hooks.on_event,
           .look_every = hooks.look_every});
  const std::string cost_json = measured_cost(input, plans, hooks, folder);
  CompareOutcome outcome{
      .folder = input.folder, .runs_kept = kept, .runs_done = static_cast<int64_t>(missing.size())};
  const std::vector<RunResult> results = read_results(plans.runs, input.folder);
  outcome.compare_json =
      compare_json_text(input, {.runs = results,
                                .strip = read_results(plans.strip, input.folder),
                                .cost_json = cost_json,
                                .norms_json = measured_norms(plans.runs, results, hooks)});
  folder.write("compare.json", outcome.compare_json);
  if (hooks.report_html) {
    try {
      folder.write("report.html", hooks.report_html(outcome.compare_json));
    } catch (const core::Error& error) {
      outcome.report_error = error;  // the table and the verdict come first
    }
  }
  return outcome;
}

}  // namespace dyt::compare
