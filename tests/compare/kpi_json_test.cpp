// SPDX-License-Identifier: Apache-2.0
// The object "kpi" of compare.json, from whole comparisons of fake runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/compare/compare.h"
#include "tests/compare/fake_run.h"
#include "tests/support/temp_folder.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::json;
using testing::FakeBehaviour;

class KpiJson : public ::testing::Test {
 protected:
  Hooks hooks(const std::map<std::string, FakeBehaviour>& behaviours = {}) {
    return {.launch = testing::fake_launcher(log_, behaviours),
            .start_worker = testing::fake_worker_launcher(worker_calls_),
            .stop = stop_,
            .look_every = std::chrono::milliseconds(0)};
  }

  CompareInput input(const std::string& folder) {
    return testing::fake_input(config_, folder_ / folder);
  }

  testing::TempFolder folder_;
  testing::FakeRunConfig config_;
  testing::FakeLog log_;
  core::StopFlag stop_;
  std::vector<std::string> worker_calls_;
};

TEST_F(KpiJson, HoldsEverySlot) {
  const Json json = Json::parse(run_compare(input("a"), hooks()).compare_json);
  const Json& kpi = json["kpi"];
  ASSERT_EQ(kpi["limits"].size(), 5u);
  EXPECT_EQ(kpi["limits"][3]["check"], "time_step");
  EXPECT_EQ(kpi["limits"][3]["limit"], 1.05);
  EXPECT_EQ(kpi["stable_lr"], 1e-3);  // the strip has 1e-3 and 1e-2, the recipe 3e-3
  ASSERT_EQ(kpi["slots"].size(), 4u);
  EXPECT_EQ(kpi["slots"][0]["time_decision"]["decision"], "reference");
  const Json& slot = kpi["slots"][2];
  EXPECT_EQ(slot["slot"], "dyt:alpha0=auto");
  const Json& checks = slot["checks"];
  const Json& difference = json["slots"][2]["versus_baseline"]["difference_points"];
  EXPECT_EQ(checks["accuracy"]["measured"], difference["mean"]);
  EXPECT_EQ(checks["accuracy"]["interval"], difference["interval90"]);
  EXPECT_EQ(checks["divergence"]["status"], "met");
  EXPECT_EQ(checks["stability"]["interval"].size(), 2u);
  EXPECT_EQ(checks["time_step"]["status"], "missed");  // the third worker takes 3 ms, the first 1
  EXPECT_NEAR(checks["time_step"]["measured"].get<double>(), 3, 1e-9);
  EXPECT_EQ(checks["time_step"]["interval"], json["cost"]["slots"][2]["time_factor_interval90"]);
  EXPECT_EQ(checks["memory_peak"]["measured"], 1.0);
  EXPECT_EQ(slot["time_decision"]["decision"], "no_go");
}

TEST_F(KpiJson, StabilityIsThatOfTheRateAskedFor) {
  CompareInput one = input("a");
  one.options.kpi.stable_lr = 1e-2;
  const Json json =
      Json::parse(run_compare(one, hooks({{"none, lr 0.01", {.exit_status = 4}}})).compare_json);
  const Json& check = json["kpi"]["slots"][3]["checks"]["stability"];
  EXPECT_EQ(check["status"], "missed");
  EXPECT_EQ(check["measured_text"], "diverged at step 17");
  EXPECT_TRUE(check["measured"].is_null());
  const Json& cells = json["strip"]["slots"][0]["cells"];
  const double best =
      std::max(cells[0]["test_accuracy"].get<double>(), cells[1]["test_accuracy"].get<double>());
  EXPECT_EQ(json["kpi"]["slots"][0]["checks"]["stability"]["measured"].get<double>(),
            100 * (cells[1]["test_accuracy"].get<double>() - best));
}

TEST_F(KpiJson, OtherLimitsTrainNothingAgain) {
  run_compare(input("a"), hooks());
  log_.launched.clear();
  worker_calls_.clear();
  CompareInput changed = input("a");
  changed.options.kpi = {.accuracy_loss = 5,
                         .diverged = 1,
                         .stability = 20,
                         .stable_lr = 1e-2,
                         .step_time = 10,
                         .memory = 0};
  const Json json = Json::parse(run_compare(changed, hooks()).compare_json);
  EXPECT_TRUE(log_.launched.empty());
  EXPECT_TRUE(worker_calls_.empty());
  EXPECT_EQ(json["kpi"]["slots"][2]["checks"]["time_step"]["status"], "met");
  EXPECT_FALSE(json["kpi"]["slots"][2]["checks"].contains("memory_peak"));
}

// Whatever a measured time decides goes with the fields of such names.
TEST_F(KpiJson, WithoutTimesIsTheSameOnEveryMachine) {
  const std::string slow = run_compare(input("a"), hooks()).compare_json;
  CompareInput lax = input("a");
  lax.options.kpi.step_time = 1000;
  Json fast = Json::parse(run_compare(lax, hooks()).compare_json);
  EXPECT_NE(fast["kpi"]["slots"], Json::parse(slow)["kpi"]["slots"]);
  EXPECT_EQ(Json::parse(testing::without_times(fast.dump()))["kpi"]["slots"],
            Json::parse(testing::without_times(slow))["kpi"]["slots"]);
}

TEST_F(KpiJson, SaysWhatWasNotMeasured) {
  CompareInput without = input("a");
  without.options.cost.enabled = false;
  without.options.strip.enabled = false;
  const Json json = Json::parse(run_compare(without, hooks()).compare_json);
  const Json& checks = json["kpi"]["slots"][1]["checks"];
  for (const char* name : {"stability", "time_step", "memory_peak"}) {
    EXPECT_EQ(checks[name]["status"], "not_measured") << name;
  }
  EXPECT_TRUE(json["kpi"]["stable_lr"].is_null());
}

}  // namespace
}  // namespace dyt::compare
