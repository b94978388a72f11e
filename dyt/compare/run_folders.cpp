#include "dyt/compare/run_folders.h"

#include "dyt/compare/run_result.h"
#include "dyt/core/error.h"

namespace dyt::compare {
namespace {

enum class State { kOpen, kFinished, kOther };  // open: nothing yet, or begun and to be resumed

State state_of(const RunPlan& plan, FolderPolicy policy) {
  std::optional<std::string> identity;
  try {
    identity = run_folder_identity(plan.folder);
  } catch (const core::Error&) {
    if (policy == FolderPolicy::kKeep) {
      throw;
    }
    return State::kOther;  // unreadable: to be started afresh
  }
  if (!identity) {
    return State::kOpen;
  }
  if (*identity != plan.identity) {
    return State::kOther;
  }
  return has_result(plan.folder) ? State::kFinished : State::kOpen;
}

[[noreturn]] void throw_other_run(const RunPlan& plan) {
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = "the folder holds another run: its configuration, data or the program's "
               "results version differ",
       .where = plan.folder.string(),
       .expected = "the run '" + plan.name + "' of this comparison",
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
    std::filesystem::remove_all(plan.folder);
  }
}

}  // namespace

std::vector<RunPlan> prepare_folders(const std::vector<RunPlan>& plans, FolderPolicy policy,
                                     const std::function<void(const std::string&)>& say) {
  if (policy == FolderPolicy::kFresh) {
    for (const RunPlan& plan : plans) {
      std::filesystem::remove_all(plan.folder);
    }
    return plans;
  }
  std::vector<RunPlan> missing;
  std::vector<RunPlan> others;
  for (const RunPlan& plan : plans) {
    const State state = state_of(plan, policy);
    if (state == State::kOther && policy == FolderPolicy::kKeep) {
      throw_other_run(plan);
    }
    if (state == State::kOther) {
      others.push_back(plan);
    }
    if (state != State::kFinished) {
      missing.push_back(plan);
    }
  }
  start_afresh(others, plans.size(), say);
  return missing;
}

}  // namespace dyt::compare
