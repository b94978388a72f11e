// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/run_folders.h"

#include "dyt/compare/process_launcher.h"
#include "dyt/compare/run_result.h"
#include "dyt/core/error.h"
#include "dyt/core/owned_folder.h"
#include "dyt/core/text.h"
#include "dyt/train/run_place.h"

namespace dyt::compare {
namespace {

enum class State { kOpen, kFinished, kOther };  // open: nothing yet, or begun and to be resumed

State look_at(const RunPlan& plan) {
  const std::optional<std::string> identity = run_folder_identity(plan.folder);
  if (!identity) {
    return State::kOpen;
  }
  if (*identity != plan.identity) {
    return State::kOther;
  }
  if (!has_result(plan.folder)) {
    return State::kOpen;
  }
  read_run_result(plan.folder);  // now, not when all others have run
  return State::kFinished;
}

State state_of(const RunPlan& plan, FolderPolicy policy) {
  try {
    return look_at(plan);
  } catch (const core::Error&) {
    if (policy == FolderPolicy::kKeep) {
      throw;
    }
    return State::kOther;  // unreadable: to be started afresh
  }
}

[[noreturn]] void throw_other_run(const RunPlan& plan, const DifferencesOf& differences_of) {
  const std::vector<std::string> differences =
      differences_of ? differences_of(plan) : std::vector<std::string>();
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = "the folder holds another run: its configuration, data or the program's "
               "results version differ",
       .where = plan.folder.string(),
       .expected = "the run '" + plan.name + "' of this comparison",
       .found = core::join(differences, "\n            "),
       .todo = "start afresh with --fresh, or choose another folder with out=FOLDER"});
}

void start_afresh(const std::vector<RunPlan>& plans, size_t total,
                  const std::function<void(const std::string&)>& say) {
  if (plans.empty()) {
    return;
  }
  if (say) {
    say(std::to_string(plans.size()) + " of " + std::to_string(total) +
        " run folders hold runs of another configuration, data or program version: these start "
        "afresh");
  }
  for (const RunPlan& plan : plans) {
    train::clear_run(plan.folder);
  }
}

}  // namespace

std::vector<RunPlan> prepare_folders(const std::vector<RunPlan>& plans, FolderPolicy policy,
                                     const std::function<void(const std::string&)>& say,
                                     const DifferencesOf& differences_of) {
  for (const RunPlan& plan : plans) {
    core::check_folder(plan.folder, train::run_folder_kind());
  }
  if (policy == FolderPolicy::kFresh) {
    for (const RunPlan& plan : plans) {
      train::clear_run(plan.folder);
    }
    return plans;
  }
  std::vector<RunPlan> missing;
  std::vector<RunPlan> others;
  for (const RunPlan& plan : plans) {
    const State state = state_of(plan, policy);
    if (state == State::kOther && policy == FolderPolicy::kKeep) {
      throw_other_run(plan, differences_of);
    }
    if (state == State::kOther) {
      others.push_back(plan);
    }
    if (state == State::kFinished) {
      remove_empty_error_log(plan.folder);
    } else {
      missing.push_back(plan);
    }
  }
  start_afresh(others, plans.size(), say);
  return missing;
}

}  // namespace dyt::compare
