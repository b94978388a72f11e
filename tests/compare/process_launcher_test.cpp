// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/process_launcher.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "dyt/core/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::compare {
namespace {

using testing::expect_error;

class ProcessLauncher : public ::testing::Test {
 protected:
  RunPlan plan(const std::string& mode) const {
    const std::filesystem::path folder = folder_ / "run";
    return {.name = "DyT, seed 0",
            .slot = "dyt",
            .folder = folder,
            .arguments = {"out=" + folder.string(), "mode=" + mode}};
  }

  std::unique_ptr<StepWorker> worker(const std::string& mode) const {
    return process_worker_launcher(DYT_FAKE_PROGRAM, stop_)(plan(mode));
  }

  testing::TempFolder folder_;
  core::StopFlag stop_;
};

// Polls until the end; the progress seen on the way.
std::vector<RunProgress> finish(Run& run, int& status) {
  std::vector<RunProgress> seen;
  while (true) {
    const std::optional<int> end = run.exit_status();
    if (const auto progress = run.poll()) {
      seen.push_back(*progress);
    }
    if (end) {
      status = *end;
      return seen;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_F(ProcessLauncher, RunsAndReportsProgress) {
  const auto run = process_launcher(DYT_FAKE_PROGRAM)(plan("ok"));
  int status = -1;
  const std::vector<RunProgress> seen = finish(*run, status);
  EXPECT_EQ(status, 0);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().step, 10);
  EXPECT_EQ(seen.back().steps, 10);
  EXPECT_EQ(seen.back().epoch, 2);
  EXPECT_EQ(seen.back().loss, 0.5);
  EXPECT_EQ(seen.back().accuracy, 0.75);
  EXPECT_EQ(seen.back().rate_images_per_second, 100.5);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run/result.json"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run/error.log"));
}

TEST_F(ProcessLauncher, KeepsWhatAFailingRunSaid) {
  const auto run = process_launcher(DYT_FAKE_PROGRAM)(plan("fail"));
  int status = -1;
  finish(*run, status);
  EXPECT_EQ(status, 3);
  EXPECT_EQ(run->error_text(), "error: the file is corrupt\n  where: byte 7");
}

TEST_F(ProcessLauncher, SignalsReachTheRun) {
  const auto run = process_launcher(DYT_FAKE_PROGRAM)(plan("wait"));
  while (!run->poll()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_FALSE(run->exit_status());
  run->send_signal(SIGINT);
  int status = -1;
  finish(*run, status);
  EXPECT_EQ(status, 130);
}

TEST_F(ProcessLauncher, MissingProgramIsAnError) {
  expect_error(core::ErrorKind::kResources, "/no/such/program",
               [&] { process_launcher("/no/such/program")(plan("ok")); });
}

TEST_F(ProcessLauncher, StepWorkerAnswers) {
  const auto steps = worker("ok");
  steps->wait_ready();
  const StepBlock block = steps->train(10);
  EXPECT_EQ(block.time_seconds, 0.25);
  EXPECT_EQ(block.memory_peak_bytes, 4096);
}

TEST_F(ProcessLauncher, FailingStepWorkerSaysWhy) {
  expect_error(core::ErrorKind::kInternal, "error: no memory",
               [&] { worker("fail")->wait_ready(); });
  const auto garbage = worker("garbage");
  garbage->wait_ready();
  expect_error(core::ErrorKind::kInternal, "no JSON", [&] { garbage->train(10); });
}

TEST_F(ProcessLauncher, WaitingForAStepWorkerCanBeStopped) {
  const auto hanging = worker("hang");
  stop_.request();
  expect_error(core::ErrorKind::kInterrupted, "stopped", [&] { hanging->wait_ready(); });
}

}  // namespace
}  // namespace dyt::compare
