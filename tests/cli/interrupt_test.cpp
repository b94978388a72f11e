// SPDX-License-Identifier: Apache-2.0
// Signals: the first Ctrl-C saves and says how to go on, the second leaves at once.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAnswer = "dyt: stopping after this step";

// A run whose steps take about a second, so that signals meet it inside one.
std::vector<std::string> slow_run(const fs::path& out, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      "train",           "model.depth=2",      "model.dim=256", "--quiet", "train.batch_size=512",
      "train.epochs=50", "out=" + out.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// Its first step has begun: the log is opened just before.
void wait_for_training(const fs::path& run) {
  ASSERT_TRUE(wait_until([&] { return fs::exists(run / "metrics.jsonl"); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
}

TEST(Interrupt, TheFirstSavesAndSaysHowToGoOn) {
  const TempFolder folder;
  StartedDyt dyt(tiny_run("train", {"out=" + (folder / "run").string(), "train.epochs=100000"}));
  wait_for_training(folder / "run");
  dyt.send_signal(SIGINT);
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(mentions(result.errors, kAnswer));
  EXPECT_TRUE(mentions(result.errors, "the state is saved"));
  EXPECT_TRUE(mentions(result.errors, "give the same command again to go on from there\n"));
  EXPECT_TRUE(fs::exists(folder / "run/last/state.json"));
}

TEST(Interrupt, WithFreshTheSameCommandWouldStartAgain) {
  const TempFolder folder;
  StartedDyt dyt(
      tiny_run("train", {"out=" + (folder / "run").string(), "train.epochs=100000", "--fresh"}));
  wait_for_training(folder / "run");
  dyt.send_signal(SIGTERM);
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(mentions(result.errors, "(without --fresh, which starts afresh)"));
}

TEST(Interrupt, TheSecondLeavesAtOnce) {
  const TempFolder folder;
  bool left = false;
  for (int attempt = 0; attempt < 5 && !left; ++attempt) {  // a step may end between the two
    StartedDyt dyt(slow_run(folder / "run", {}));
    wait_for_training(folder / "run");
    dyt.send_signal(SIGINT);
    ASSERT_TRUE(wait_until([&] { return dyt.errors().find(kAnswer) != std::string::npos; }));
    dyt.send_signal(SIGINT);
    const CommandResult result = dyt.finish();
    EXPECT_EQ(result.status, 130);
    left = result.errors.find("the state is saved") == std::string::npos;
  }
  EXPECT_TRUE(left);
}

TEST(Interrupt, AParentMaySignalAgainAndAgain) {
  const TempFolder folder;
  StartedDyt dyt(slow_run(folder / "run", {"--events"}));
  wait_for_training(folder / "run");
  for (int i = 0; i < 5; ++i) {
    dyt.send_signal(SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const CommandResult result = dyt.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(mentions(result.errors, "the state is saved"));
  EXPECT_EQ(result.errors.find(kAnswer), std::string::npos) << result.errors;
}

TEST(Interrupt, WhatNohupTurnsOffStaysOff) {
  const TempFolder folder;
  StartedDyt dyt(tiny_run("train", {"out=" + (folder / "run").string(), "train.epochs=30"}),
                 {"nohup"});
  ASSERT_TRUE(wait_until([&] { return fs::exists(folder / "run/metrics.jsonl"); }));
  dyt.send_signal(SIGHUP);
  EXPECT_EQ(dyt.finish().status, 0);
}

std::vector<std::string> two_slots(const fs::path& out, int epochs) {
  return tiny_run("compare",
                  {"slots=layer_norm,none", "seeds=2", "strip.enabled=false", "cost.enabled=false",
                   "train.epochs=" + std::to_string(epochs), "out=" + out.string()});
}

TEST(Interrupt, AComparisonGoesOnToTheSameBits) {
  const TempFolder folder;
  const std::vector<std::string> command = two_slots(folder / "out", 20);
  ASSERT_EQ(run_dyt(command).status, 0);
  const auto unbroken = folder_content(folder / "out");
  fs::remove_all(folder / "out");
  {
    StartedDyt dyt(command);
    wait_for_training(folder / "out/slots/layer_norm/seed-1");
    dyt.send_signal(SIGINT);
    const CommandResult result = dyt.finish();
    ASSERT_EQ(result.status, 130) << result.errors;
    EXPECT_TRUE(mentions(result.errors, kAnswer));
    EXPECT_TRUE(mentions(result.errors,
                         "give the same command again to go on: finished runs are "
                         "kept, the others go on from their last saved step"));
  }
  ASSERT_EQ(run_dyt(command).status, 0);
  EXPECT_EQ(folder_content(folder / "out"), unbroken);
}

// The children die with the parent that leaves, and the next start goes on.
TEST(Interrupt, AComparisonLeavesAtTheSecond) {
  const TempFolder folder;
  const std::vector<std::string> endless = two_slots(folder / "out", 100000);
  StartedDyt dyt(endless);
  wait_for_training(folder / "out/slots/layer_norm/seed-0");
  dyt.send_signal(SIGINT);
  ASSERT_TRUE(wait_until([&] { return dyt.errors().find(kAnswer) != std::string::npos; }));
  dyt.send_signal(SIGINT);
  EXPECT_EQ(dyt.finish().status, 130);
  const auto newest = [&] {
    std::error_code none_yet;
    return fs::read_symlink(folder / "out/slots/layer_norm/seed-0/last", none_yet);
  };
  const fs::path before = newest();
  StartedDyt again(endless);
  ASSERT_TRUE(wait_until([&] { return newest() != before; }));
  again.send_signal(SIGINT);
  const CommandResult result = again.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(mentions(result.errors, "stopped after 0 of 4 runs"));
}

}  // namespace
}  // namespace dyt::testing
