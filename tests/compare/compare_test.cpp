// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "dyt/compare/process_launcher.h"
#include "dyt/compare/run_result.h"
#include "dyt/core/files.h"
#include "dyt/core/owned_folder.h"
#include "tests/compare/fake_run.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::json;
using testing::expect_error;
using testing::FakeBehaviour;

class Compare : public ::testing::Test {
 protected:
  Hooks hooks(const std::map<std::string, FakeBehaviour>& behaviours = {}) {
    return {.launch = testing::fake_launcher(log_, behaviours),
            .start_worker = testing::fake_worker_launcher(worker_calls_),
            .stop = stop_,
            .say = [&](const std::string& line) { said_.push_back(line); },
            .look_every = std::chrono::milliseconds(0)};
  }

  CompareInput input(const std::string& folder) {
    return testing::fake_input(config_, folder_ / folder);
  }

  testing::TempFolder folder_;
  testing::FakeRunConfig config_;
  testing::FakeLog log_;
  core::StopFlag stop_;
  std::vector<std::string> worker_calls_, said_;
};

TEST_F(Compare, WritesEverything) {
  Hooks with_report = hooks();
  with_report.report_html = [](const std::string& text) { return "<html>" + text; };
  const CompareOutcome outcome = run_compare(input("a"), with_report);
  EXPECT_EQ(outcome.runs_done, 28);  // 4 slots of 5 seeds and 2 rates
  EXPECT_EQ(outcome.runs_kept, 0);
  EXPECT_EQ(core::read_file(folder_ / "a/compare.json"), outcome.compare_json);
  EXPECT_EQ(core::read_file(folder_ / "a/report.html"), "<html>" + outcome.compare_json);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a/cost.json"));
  EXPECT_TRUE(has_result(folder_ / "a/slots/dyt+alpha0-auto/seed-4"));
  EXPECT_TRUE(has_result(folder_ / "a/strip/none/lr-0.01"));
}

TEST_F(Compare, JsonHoldsWhatTheRunsHold) {
  const Json json = Json::parse(run_compare(input("a"), hooks()).compare_json);
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["data"]["image_weight_points"], 2.5);
  ASSERT_EQ(json["slots"].size(), 4u);
  EXPECT_TRUE(json["slots"][0]["versus_baseline"].is_null());
  const Json& slot = json["slots"][2];
  EXPECT_EQ(slot["slot"], "dyt:alpha0=auto");
  EXPECT_EQ(slot["label"], "DyT (alpha0=auto)");
  EXPECT_EQ(slot["kind"], "dyt");
  EXPECT_EQ(slot["summary"], "weight * tanh(alpha * x) + bias: Dynamic Tanh");
  EXPECT_EQ(slot["parameters"], 1000);
  ASSERT_EQ(slot["seeds"].size(), 5u);
  const Json& seed = slot["seeds"][3];
  const RunResult run = read_run_result(folder_ / "a/slots/dyt+alpha0-auto/seed-3");
  EXPECT_EQ(seed["seed"], 3);
  EXPECT_EQ(seed["status"], "finished");
  EXPECT_EQ(seed["test_accuracy"].get<double>(), *run.test_accuracy);
  EXPECT_EQ(seed["curve"].size(), 4u);
  EXPECT_EQ(seed["alpha"][0]["name"], "blocks.0.norm1");
  EXPECT_EQ(seed["alpha"][0]["values"][3].get<double>(), run.alphas[0].values[3]);
  EXPECT_TRUE(seed["input_std"][0]["values"][0].is_null()) << "not finite in that epoch";
  EXPECT_EQ(seed["input_std"][1]["values"][3].get<double>(), run.input_stds[1].values[3]);
  EXPECT_EQ(seed["health"][0]["input_std"], 1.5);
  EXPECT_TRUE(seed["nonfinite"].is_null());
  EXPECT_EQ(seed["measures"][0]["value"].get<double>(), 3);
  EXPECT_EQ(slot["measures"][0]["name"], "letter");
  EXPECT_EQ(slot["measures"][0]["mean"].get<double>(), 2);  // of the seeds 0 to 4
  EXPECT_DOUBLE_EQ(slot["measures"][0]["std"].get<double>(), std::sqrt(2.5));
  EXPECT_EQ(seed["health"][0]["level"], "ok");
  EXPECT_EQ(seed["health"][1]["level"], "warning");  // from 0.3
  EXPECT_EQ(seed["health"][2]["level"], "alarm");    // from 0.5
  const Json& versus = slot["versus_baseline"];
  EXPECT_EQ(versus["n"], 5);
  EXPECT_EQ(versus["difference_points"]["per_seed"].size(), 5u);
  EXPECT_EQ(versus["image_interval95_points"].size(), 2u);
  EXPECT_EQ(json["cost"]["slots"].size(), 4u);
  EXPECT_EQ(json["strip"]["slots"][3]["cells"][1]["lr"], 0.01);
  EXPECT_EQ(json["warnings"][0], "mind the width");
  EXPECT_EQ(json["environment"]["hardware"]["cores"], 2);
}

TEST_F(Compare, DifferencesArePairedBySeed) {
  const Json json = Json::parse(run_compare(input("a"), hooks()).compare_json);
  const Json& slots = json["slots"];
  for (size_t seed = 0; seed < 5; ++seed) {
    const double difference = 100 * (slots[1]["seeds"][seed]["test_accuracy"].get<double>() -
                                     slots[0]["seeds"][seed]["test_accuracy"].get<double>());
    EXPECT_EQ(slots[1]["versus_baseline"]["difference_points"]["per_seed"][seed], difference);
  }
}

// The same results for any number of jobs, any speed of the runs, and any order of the work.
TEST_F(Compare, DoesNotDependOnJobsNorOrder) {
  CompareInput one = input("one");
  one.options.jobs = 1;
  const std::string first = run_compare(one, hooks()).compare_json;
  CompareInput two = input("two");
  two.options.jobs = 2;
  const std::string second =
      run_compare(two,
                  hooks({{"LayerNorm, seed 0", {.looks = 40}}, {"DyT, seed 2", {.looks = 11}}}))
          .compare_json;
  EXPECT_EQ(log_.most_active, 2);
  EXPECT_EQ(testing::without_times(first), testing::without_times(second));
  EXPECT_NE(first, second);  // their times differ
}

TEST_F(Compare, FinishedRunsAndCostAreKept) {
  const std::string first = run_compare(input("a"), hooks()).compare_json;
  log_.launched.clear();
  worker_calls_.clear();
  const CompareOutcome again = run_compare(input("a"), hooks());
  EXPECT_EQ(again.compare_json, first);
  EXPECT_EQ(again.runs_kept, 28);
  EXPECT_TRUE(log_.launched.empty());
  EXPECT_TRUE(worker_calls_.empty());
  EXPECT_EQ(said_.back(), "28 of 28 runs are there already and are kept");
}

TEST_F(Compare, SlotsAndSeedsMayChange) {
  run_compare(input("a"), hooks());
  log_.launched.clear();
  CompareInput changed = input("a");
  changed.options.slots = {"none", "derf"};
  changed.options.seeds = {4, 5};
  changed.options.strip.enabled = false;
  changed.options.margin = 3;
  const Json json = Json::parse(run_compare(changed, hooks()).compare_json);
  EXPECT_EQ(log_.launched,
            (std::vector<std::string>{"none, seed 5", "Derf, seed 4", "Derf, seed 5"}));
  EXPECT_TRUE(json["strip"].is_null());
  EXPECT_EQ(json["slots"].size(), 2u);
}

TEST_F(Compare, AnotherConfigurationIsAnErrorOrFresh) {
  run_compare(input("a"), hooks());
  log_.launched.clear();
  config_.dim = 32;
  expect_error(core::ErrorKind::kUsage, "slots/layer_norm/seed-0",
               [&] { run_compare(input("a"), hooks()); });
  expect_error(core::ErrorKind::kUsage, "--fresh", [&] { run_compare(input("a"), hooks()); });
  EXPECT_TRUE(log_.launched.empty());
  Hooks changed = hooks();
  changed.policy = FolderPolicy::kFreshWhereChanged;
  EXPECT_EQ(run_compare(input("a"), changed).runs_done, 28);
}

TEST_F(Compare, FreshRunsAndMeasuresAgain) {
  run_compare(input("a"), hooks());
  worker_calls_.clear();
  Hooks fresh = hooks();
  fresh.policy = FolderPolicy::kFresh;
  EXPECT_EQ(run_compare(input("a"), fresh).runs_done, 28);
  EXPECT_FALSE(worker_calls_.empty());
}

TEST_F(Compare, DivergedRunIsAResult) {
  const Json json =
      Json::parse(run_compare(input("a"), hooks({{"none, seed 1", {.exit_status = 4}},
                                                 {"none, lr 0.01", {.exit_status = 4}}}))
                      .compare_json);
  const Json& none = json["slots"][3];
  EXPECT_EQ(none["diverged"], 1);
  EXPECT_EQ(none["seeds"][1]["status"], "diverged");
  EXPECT_EQ(none["seeds"][1]["nonfinite"], "it began in the head");
  EXPECT_EQ(none["seeds"][1]["step"], 17);
  EXPECT_TRUE(none["seeds"][1]["test_accuracy"].is_null());
  EXPECT_EQ(none["versus_baseline"]["verdict"], "worse");
  EXPECT_EQ(none["versus_baseline"]["n"], 4);
  EXPECT_EQ(none["versus_baseline"]["difference_points"]["per_seed"].size(), 4u);
  EXPECT_FALSE(none["versus_baseline"]["difference_points"]["interval95"].is_null());
  const std::string sentence = none["versus_baseline"]["sentence"];
  EXPECT_NE(sentence.find("worse: 1 of 5 diverged"), std::string::npos) << sentence;
  EXPECT_EQ(json["strip"]["slots"][3]["cells"][1]["status"], "diverged");
}

TEST_F(Compare, ShowsTheNormsOfTheFirstRunThatHasSomeAndFinished) {
  Hooks with_maps = hooks({{"LayerNorm, seed 0", {.exit_status = 4}}});
  std::vector<std::filesystem::path> asked;
  with_maps.norm_maps = [&](const std::filesystem::path& run) {
    asked.push_back(run);
    return R"({"images": 64, "maps": []})";
  };
  run_compare(input("a"), with_maps);
  EXPECT_TRUE(asked.empty()) << "these fakes leave no checkpoint";
  EXPECT_NE(said_.back().find("'LayerNorm, seed 1' is gone"), std::string::npos) << said_.back();
  const std::filesystem::path run = folder_ / "a/slots/layer_norm/seed-1";
  core::make_folder(run / "last");
  core::write_file_atomic(run / "last/state.json", "{}");
  const Json json = Json::parse(run_compare(input("a"), with_maps).compare_json);
  EXPECT_EQ(asked, std::vector{run});
  EXPECT_EQ(json["norms"]["slot"], "layer_norm");
  EXPECT_EQ(json["norms"]["seed"], 1);
  EXPECT_EQ(json["norms"]["images"], 64);
}

TEST_F(Compare, AllDivergedIsStillAComparison) {
  std::map<std::string, FakeBehaviour> behaviours;
  for (int seed = 0; seed < 5; ++seed) {
    behaviours["LayerNorm, seed " + std::to_string(seed)] = {.exit_status = 4};
  }
  const Json json = Json::parse(run_compare(input("a"), hooks(behaviours)).compare_json);
  EXPECT_TRUE(json["slots"][0]["accuracy"]["mean"].is_null());
  const Json& versus = json["slots"][1]["versus_baseline"];
  EXPECT_EQ(versus["n"], 0);
  EXPECT_EQ(versus["verdict"], "none");
  EXPECT_TRUE(versus["difference_points"]["mean"].is_null());
  EXPECT_TRUE(versus["image_interval95_points"].is_null());
}

TEST_F(Compare, OneSeedHasNoSpread) {
  CompareInput one = input("a");
  one.options.seeds = {7};
  const Json json = Json::parse(run_compare(one, hooks()).compare_json);
  EXPECT_TRUE(json["slots"][1]["accuracy"]["std"].is_null());
  EXPECT_EQ(json["slots"][1]["versus_baseline"]["verdict"], "none");
  EXPECT_TRUE(json["slots"][1]["versus_baseline"]["seeds_to_decide_text"].is_null());
}

TEST_F(Compare, InterruptedGoesOnWhereItStopped) {
  Hooks stopping = hooks({{"DyT, seed 0", {.waits_for_signal = true}}});
  stopping.on_event = [&](const RunEvent& event) {
    if (event.plan.name == "DyT, seed 0") {
      stop_.request();
    }
  };
  CompareInput one = input("a");
  one.options.jobs = 1;
  expect_error(core::ErrorKind::kInterrupted, "stopped after 5 of 28 runs",
               [&] { run_compare(one, stopping); });
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/compare.json"));
  testing::FakeLog second_log;
  core::StopFlag no_stop;
  const Hooks going_on = {.launch = testing::fake_launcher(second_log),
                          .start_worker = testing::fake_worker_launcher(worker_calls_),
                          .stop = no_stop,
                          .look_every = std::chrono::milliseconds(0)};
  EXPECT_EQ(run_compare(one, going_on).runs_kept, 5);
  EXPECT_EQ(second_log.launched[0], "DyT, seed 0");
}

// Only cost.json is read back, and only while it is whole and of the same key.
TEST_F(Compare, OlderOrDamagedFilesOfItsOwnDoNotMatter) {
  const std::string first = run_compare(input("a"), hooks()).compare_json;
  for (const char* content : {"{\"version\": 0}", "{\"version\": 2}", "{\"vers", ""}) {
    for (const char* name : {"compare.json", "cost.json", "report.html"}) {
      core::write_file_atomic(folder_ / "a" / name, content);
    }
    log_.launched.clear();
    const CompareOutcome again = run_compare(input("a"), hooks());
    EXPECT_EQ(testing::without_times(again.compare_json), testing::without_times(first));
    EXPECT_EQ(core::read_file(folder_ / "a/compare.json"), again.compare_json);
    EXPECT_TRUE(log_.launched.empty());
  }
}

TEST_F(Compare, WhatAKilledOneLeftIsRemoved) {
  run_compare(input("a"), hooks());
  const std::filesystem::path run = folder_ / "a/slots/none/seed-1";
  core::write_file_atomic(run / "error.log", "");
  core::write_file_atomic(folder_ / "a/strip/none/lr-0.01/error.log", "a warning\n");
  core::write_file_atomic(folder_ / "a/.tmp-12-compare.json", "{\"ver");
  core::OwnedFolder(folder_ / "a/cost/none", worker_folder_kind()).write("error.log", "");
  EXPECT_EQ(run_compare(input("a"), hooks()).runs_kept, 28);
  EXPECT_FALSE(std::filesystem::exists(run / "error.log"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "a/strip/none/lr-0.01/error.log"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/.tmp-12-compare.json"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a/cost"));
}

TEST_F(Compare, APersonsFilesAreNeitherReplacedNorRemoved) {
  core::make_folder(folder_ / "mine/slots");
  core::write_file_atomic(folder_ / "mine/slots/notes.txt", "mine");
  expect_error(core::ErrorKind::kUsage, "found:    slots",
               [&] { run_compare(input("mine"), hooks()); });
  EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/.lock"));

  core::OwnedFolder(folder_ / "a", {.kind = "comparison"});
  core::write_file_atomic(folder_ / "a/notes.txt", "mine");
  core::write_file_atomic(folder_ / "a/report.html", "mine");
  Hooks fresh = hooks();
  fresh.report_html = [](const std::string&) { return "page"; };
  expect_error(core::ErrorKind::kUsage, "report.html", [&] { run_compare(input("a"), fresh); });
  EXPECT_TRUE(log_.launched.empty());
  std::filesystem::remove(folder_ / "a/report.html");
  fresh.policy = FolderPolicy::kFresh;
  for (int again = 0; again < 2; ++again) {
    run_compare(input("a"), fresh);
    core::write_file_atomic(folder_ / "a/slots/none/seed-1/notes.txt", "mine");
    EXPECT_EQ(core::read_file(folder_ / "a/notes.txt"), "mine");
  }
}

TEST_F(Compare, AResultThatCannotBeReadIsToldBeforeAnythingRuns) {
  run_compare(input("a"), hooks());
  const std::filesystem::path run = folder_ / "a/slots/none/seed-1";
  for (const char* content : {"{\"version\": 2}", "{\"vers", "[]", "{\"version\": 1}"}) {
    core::write_file_atomic(run / "result.json", content);
    std::filesystem::remove_all(folder_ / "a/slots/none/seed-0");
    log_.launched.clear();
    expect_error(core::ErrorKind::kData, (run / "result.json").string(),
                 [&] { run_compare(input("a"), hooks()); });
    expect_error(core::ErrorKind::kData, "remove this run's folder",
                 [&] { run_compare(input("a"), hooks()); });
    EXPECT_TRUE(log_.launched.empty());
  }
  std::filesystem::remove_all(run);
  EXPECT_EQ(run_compare(input("a"), hooks()).runs_done, 2);
}

TEST_F(Compare, CostCanBeLeftOut) {
  CompareInput without = input("a");
  without.options.cost.enabled = false;
  EXPECT_TRUE(Json::parse(run_compare(without, hooks()).compare_json)["cost"].is_null());
  EXPECT_TRUE(worker_calls_.empty());
}

}  // namespace
}  // namespace dyt::compare
