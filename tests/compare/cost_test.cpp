// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/cost.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/compare/fake_run.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::json;
using testing::expect_error;

class Cost : public ::testing::Test {
 protected:
  Json measure() { return Json::parse(cost_of_step(input_)); }

  void set_slots(const std::vector<std::string>& slots) {
    input_.key.slots = slots;
    input_.plans.clear();
    for (const std::string& slot : slots) {
      input_.plans.push_back({.name = slot, .slot = slot, .folder = folder_ / "cost" / slot});
    }
  }

  void SetUp() override { set_slots({"layer_norm", "dyt", "none"}); }

  int64_t starts() const { return std::count(calls_.begin(), calls_.end(), "start none"); }

  testing::TempFolder folder_;
  std::vector<std::string> calls_;
  core::StopFlag stop_;
  CostInput input_{
      .key = {.model = "m", .batch = 32, .threads = 1, .binary = "b", .hardware_json = "{}"},
      .options = {.rounds = 10, .steps_per_round = 5},
      .file = folder_ / "cost.json",
      .start = testing::fake_worker_launcher(calls_),
      .stop = stop_};
};

// Steps take 1, 2 and 3 ms, but ten times that in the first block, which the median leaves out.
TEST_F(Cost, MedianBlockAndShareOfNone) {
  const Json cost = measure();
  EXPECT_EQ(cost["threads"], 1);
  EXPECT_EQ(cost["batch"], 32);
  EXPECT_EQ(cost["rounds"], 10);
  EXPECT_EQ(cost["steps_per_round"], 5);
  ASSERT_EQ(cost["slots"].size(), 3u);
  EXPECT_NEAR(cost["slots"][0]["time_step_ms"], 1, 1e-9);
  EXPECT_NEAR(cost["slots"][0]["time_share_ms"], -2, 1e-9);
  EXPECT_NEAR(cost["slots"][1]["time_share_ms"], -1, 1e-9);
  EXPECT_EQ(cost["slots"][2]["time_share_ms"], 0);
  EXPECT_TRUE(cost["slots"][0]["time_factor_interval90"].is_null());
  EXPECT_NEAR(cost["slots"][2]["time_factor_interval90"][0], 3, 1e-9);
  EXPECT_NEAR(cost["slots"][2]["time_factor_interval90"][1], 3, 1e-9);
  EXPECT_EQ(cost["slots"][2]["memory_peak_bytes"], 1010);
}

TEST_F(Cost, AllAreReadyBeforeTheFirstStepAndTakeTurns) {
  measure();
  const std::vector<std::string> begin(calls_.begin(), calls_.begin() + 10);
  EXPECT_EQ(begin,
            (std::vector<std::string>{
                "start layer_norm", "start dyt", "start none", "ready layer_norm", "ready dyt",
                "ready none", "step layer_norm", "step dyt", "step none", "step layer_norm"}));
  EXPECT_EQ(std::count(calls_.begin(), calls_.end(), "step dyt"), 10);
  EXPECT_EQ(std::count(calls_.begin(), calls_.end(), "end dyt"), 1);
}

TEST_F(Cost, ShareIsLeftOutWithoutNone) {
  set_slots({"layer_norm", "dyt"});
  EXPECT_TRUE(measure()["slots"][0]["time_share_ms"].is_null());
}

TEST_F(Cost, MeasuredOnceAndAgainOnlyWhereTheKeyDiffers) {
  const Json first = measure();
  EXPECT_EQ(measure(), first);
  input_.options.rounds = 20;  // no part of the key
  EXPECT_EQ(measure(), first);
  EXPECT_EQ(starts(), 1);

  const std::vector<std::function<void()>> changes = {
      [&] {
        set_slots({"dyt", "layer_norm", "none"});
      },
      [&] { input_.key.model = "other"; },
      [&] { input_.key.batch = 64; },
      [&] { input_.key.threads = 2; },
      [&] { input_.key.binary = "other"; },
      [&] { input_.key.hardware_json = "{\"cores\":3}"; }};
  int64_t expected = 1;
  for (const auto& change : changes) {
    change();
    measure();
    EXPECT_EQ(starts(), ++expected);
    measure();
    EXPECT_EQ(starts(), expected);
  }
}

TEST_F(Cost, UnreadableFileIsMeasuredAgain) {
  for (const char* content : {"", "{\"version\"", "[]", "{\"version\":1}", "null"}) {
    core::write_file_atomic(input_.file, content);
    EXPECT_EQ(measure()["slots"].size(), 3u);
  }
  EXPECT_EQ(starts(), 5);
}

TEST_F(Cost, StopEndsTheWorkersAndWritesNothing) {
  stop_.request();
  expect_error(core::ErrorKind::kInterrupted, "cost of a step", [&] { measure(); });
  EXPECT_FALSE(std::filesystem::exists(input_.file));
}

}  // namespace
}  // namespace dyt::compare
