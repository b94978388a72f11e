// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/scheduler.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "dyt/compare/run_folders.h"
#include "dyt/compare/run_result.h"
#include "dyt/core/files.h"
#include "dyt/core/owned_folder.h"
#include "dyt/train/run_place.h"
#include "tests/compare/fake_run.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::compare {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::fake_launcher;
using testing::FakeBehaviour;
using testing::FakeLog;

RunPlan plan_of(const fs::path& folder, const std::string& name, int64_t epochs = 2) {
  return {.name = name,
          .slot = name,
          .epochs = epochs,
          .folder = folder / name,
          .identity = "identity of " + name};
}

class Schedule : public ::testing::Test {
 protected:
  void run(const std::vector<RunPlan>& plans, int64_t jobs,
           const std::map<std::string, FakeBehaviour>& behaviours = {},
           std::function<void(const RunEvent&)> on_event = {}) {
    run_all({.plans = plans,
             .jobs = jobs,
             .launch = fake_launcher(log_, behaviours),
             .stop = stop_,
             .on_event = std::move(on_event),
             .look_every = std::chrono::milliseconds(1)});
  }

  std::vector<RunPlan> plans(const std::vector<std::string>& names) const {
    std::vector<RunPlan> list;
    for (const std::string& name : names) {
      list.push_back(plan_of(folder_.path(), name));
    }
    return list;
  }

  testing::TempFolder folder_;
  core::StopFlag stop_;
  FakeLog log_;
};

TEST_F(Schedule, LongestRunsStartFirst) {
  const fs::path path = folder_.path();
  run({plan_of(path, "a", 6), plan_of(path, "b", 20), plan_of(path, "c", 6),
       plan_of(path, "d", 20)},
      1);
  EXPECT_EQ(log_.launched, (std::vector<std::string>{"b", "d", "a", "c"}));
}

TEST_F(Schedule, AtMostAsManySideBySideAsJobs) {
  run(plans({"a", "b", "c", "d", "e"}), 2, {{"a", {.looks = 9}}});
  EXPECT_EQ(log_.most_active, 2);
  EXPECT_EQ(log_.launched.size(), 5u);
  EXPECT_EQ(log_.active, 0);
}

TEST_F(Schedule, NothingToDoIsDone) {
  run({}, 2);
  EXPECT_GE(available_cores(), 1);
}

TEST_F(Schedule, TellsWhatHappens) {
  std::vector<std::string> events;
  run(plans({"a", "b"}), 1, {{"b", {.exit_status = 4}}}, [&](const RunEvent& event) {
    events.push_back(event.plan.name + " " + std::to_string(static_cast<int>(event.state)) + " " +
                     std::to_string(event.progress.step) + " " + std::to_string(event.ended) + "/" +
                     std::to_string(event.total));
  });
  EXPECT_EQ(events, (std::vector<std::string>{"a 0 0 0/2", "a 1 1 0/2", "a 2 20 1/2", "b 0 0 1/2",
                                              "b 1 1 1/2", "b 3 17 2/2"}));
}

TEST_F(Schedule, FailureStopsTheRestAndCarriesWhatWasSaid) {
  const std::map<std::string, FakeBehaviour> behaviours = {
      {"a", {.waits_for_signal = true}},
      {"b", {.exit_status = 3, .error_text = "error: the file is corrupt"}}};
  expect_error(core::ErrorKind::kData, "error: the file is corrupt", [&] {
    run(plans({"a", "b", "c"}), 2, behaviours);
  });
  EXPECT_EQ(log_.signalled, (std::vector<std::string>{"a"}));
  EXPECT_EQ(log_.active, 0);
  EXPECT_EQ(log_.launched.size(), 2u);
}

TEST_F(Schedule, ExitStatusBecomesTheKindOfError) {
  const std::pair<int, core::ErrorKind> rows[] = {{1, core::ErrorKind::kInternal},
                                                  {2, core::ErrorKind::kUsage},
                                                  {5, core::ErrorKind::kResources},
                                                  {130, core::ErrorKind::kInterrupted},
                                                  {139, core::ErrorKind::kInternal}};
  for (const auto& [status, kind] : rows) {
    expect_error(kind, "failed with exit status " + std::to_string(status), [&] {
      run(plans({"a"}), 1, {{"a", {.exit_status = status}}});
    });
  }
}

TEST_F(Schedule, AKilledRunPointsAtTheMemory) {
  expect_error(core::ErrorKind::kResources, "jobs=1", [&] {
    run(plans({"a"}), 1, {{"a", {.exit_status = 137}}});
  });
}

TEST_F(Schedule, SuccessWithoutAResultIsAnError) {
  expect_error(core::ErrorKind::kInternal, "without leaving its result", [&] {
    run(plans({"a"}), 1, {{"a", {.writes_result = false}}});
  });
}

TEST_F(Schedule, StopRequestInterruptsAndWaits) {
  expect_error(core::ErrorKind::kInterrupted, "stopped after 1 of 3 runs", [&] {
    run(plans({"a", "b", "c"}), 2,
        {{"b", {.waits_for_signal = true}}, {"c", {.waits_for_signal = true}}},
        [&](const RunEvent& event) {
          if (event.plan.name == "c") {
            stop_.request();
          }
        });
  });
  EXPECT_EQ(log_.signalled, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(log_.active, 0);
  EXPECT_TRUE(has_result(folder_ / "a"));
}

TEST_F(Schedule, LaunchThatFailsStopsTheRest) {
  const auto inner = fake_launcher(log_, {{"a", {.waits_for_signal = true}}});
  const Launcher launch = [&](const RunPlan& plan) {
    if (plan.name == "b") {
      throw core::Error(core::ErrorKind::kResources, {.what = "no more processes"});
    }
    return inner(plan);
  };
  expect_error(core::ErrorKind::kResources, "no more processes", [&] {
    run_all({.plans = plans({"a", "b"}), .jobs = 2, .launch = launch, .stop = stop_});
  });
  EXPECT_EQ(log_.signalled, (std::vector<std::string>{"a"}));
}

class Folders : public Schedule {
 protected:
  std::vector<std::string> missing(FolderPolicy policy) {
    std::vector<std::string> names;
    for (const RunPlan& plan :
         prepare_folders(plans_, policy, [&](const std::string& line) { said_ = line; })) {
      names.push_back(plan.name);
    }
    return names;
  }

  std::vector<RunPlan> plans_ = plans({"empty", "started", "finished", "diverged", "other"});
  std::string said_;

  void SetUp() override {
    write_env(plans_[1]);
    testing::write_fake_run(plans_[2], false);
    testing::write_fake_run(plans_[3], true);
    RunPlan other = plans_[4];
    other.identity = "of another program";
    testing::write_fake_run(other, false);
  }

  static void write_env(const RunPlan& plan) {
    core::make_folder(plan.folder);
    core::write_file_atomic(plan.folder / core::kFolderMark,
                            core::folder_mark(train::run_folder_kind()));
    core::write_file_atomic(plan.folder / "env.json", R"({"identity": ")" + plan.identity + "\"}");
  }
};

TEST_F(Folders, AnotherRunIsAnErrorAndNothingChanges) {
  expect_error(core::ErrorKind::kUsage, "--fresh", [&] { missing(FolderPolicy::kKeep); });
  expect_error(core::ErrorKind::kUsage, (folder_ / "other").string(),
               [&] { missing(FolderPolicy::kKeep); });
  EXPECT_TRUE(has_result(folder_ / "other"));
}

TEST_F(Folders, FinishedAndDivergedAreKept) {
  plans_.pop_back();
  EXPECT_EQ(missing(FolderPolicy::kKeep), (std::vector<std::string>{"empty", "started"}));
  EXPECT_TRUE(fs::exists(folder_ / "started" / "env.json"));
  EXPECT_EQ(said_, "");
}

TEST_F(Folders, FreshWhereChangedTakesOnlyTheOther) {
  EXPECT_EQ(missing(FolderPolicy::kFreshWhereChanged),
            (std::vector<std::string>{"empty", "started", "other"}));
  EXPECT_FALSE(fs::exists(folder_ / "other/env.json"));
  EXPECT_TRUE(has_result(folder_ / "finished"));
  EXPECT_NE(said_.find("1 of 5 run folders"), std::string::npos) << said_;
}

TEST_F(Folders, FreshTakesAll) {
  EXPECT_EQ(missing(FolderPolicy::kFresh).size(), 5u);
  EXPECT_FALSE(fs::exists(folder_ / "finished/env.json"));
}

TEST_F(Folders, APersonsFilesStayWhereRunsStartAfresh) {
  for (const char* run : {"finished", "other"}) {
    core::write_file_atomic(folder_ / run / "notes.txt", "mine");
    core::make_folder(folder_ / run / "pictures");
    core::write_file_atomic(folder_ / run / "pictures/mine.png", "mine");
  }
  missing(FolderPolicy::kFreshWhereChanged);
  missing(FolderPolicy::kFresh);
  for (const char* run : {"finished", "other"}) {
    EXPECT_FALSE(has_result(folder_ / run));
    EXPECT_EQ(core::read_file(folder_ / run / "notes.txt"), "mine");
    EXPECT_EQ(core::read_file(folder_ / run / "pictures/mine.png"), "mine");
  }
}

TEST_F(Folders, AFolderThatIsNoRunsIsRefusedUnderEveryPolicyBeforeAnythingGoes) {
  core::make_folder(folder_ / "empty");
  core::write_file_atomic(folder_ / "empty/notes.txt", "mine");
  for (const FolderPolicy policy :
       {FolderPolicy::kKeep, FolderPolicy::kFresh, FolderPolicy::kFreshWhereChanged}) {
    expect_error(core::ErrorKind::kUsage, "found:    notes.txt", [&] { missing(policy); });
  }
  EXPECT_TRUE(has_result(folder_ / "finished") && has_result(folder_ / "other"));
  EXPECT_FALSE(fs::exists(folder_ / "empty/.lock"));
}

TEST_F(Folders, UnreadableFolderIsADataErrorUnlessFresh) {
  plans_.pop_back();
  core::write_file_atomic(folder_ / "finished" / "env.json", "{\"identi");
  expect_error(core::ErrorKind::kData, "env.json", [&] { missing(FolderPolicy::kKeep); });
  EXPECT_EQ(missing(FolderPolicy::kFreshWhereChanged).size(), 3u);
}

TEST_F(Folders, ResultsAreReadBack) {
  const RunResult finished = read_run_result(folder_ / "finished");
  EXPECT_FALSE(finished.diverged);
  EXPECT_EQ(finished.step, 20);
  EXPECT_EQ(finished.curve.size(), 2u);
  ASSERT_EQ(finished.alphas.size(), 2u);
  EXPECT_EQ(finished.alphas[0].name, "blocks.0.norm1");
  EXPECT_EQ(finished.alphas[0].values.size(), 2u);
  EXPECT_EQ(finished.correct.size(), static_cast<size_t>(testing::kFakeImages));
  EXPECT_EQ(finished.health.size(), 3u);
  const RunResult diverged = read_run_result(folder_ / "diverged");
  EXPECT_TRUE(diverged.diverged);
  EXPECT_EQ(diverged.step, 17);
  EXPECT_FALSE(diverged.test_accuracy);
}

TEST_F(Folders, CorruptResultsNameTheFile) {
  core::write_file_atomic(folder_ / "finished" / "result.json", "{\"version\": 1}");
  expect_error(core::ErrorKind::kData, "result.json",
               [&] { read_run_result(folder_ / "finished"); });
  core::write_file_atomic(folder_ / "diverged" / "metrics.jsonl", "{\"epoch\": 1}\n");
  expect_error(core::ErrorKind::kData, "metrics.jsonl, line 1",
               [&] { read_run_result(folder_ / "diverged"); });
  expect_error(core::ErrorKind::kData, "metrics.jsonl",
               [&] { read_run_result(folder_ / "empty"); });
}

}  // namespace
}  // namespace dyt::compare
