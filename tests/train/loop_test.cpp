// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/loop.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"
#include "tests/train/fake_task.h"

namespace dyt::train {
namespace {

using testing::FakeTask;
using testing::TempFolder;
using Json = nlohmann::ordered_json;

const RunDescription kRun{.identity = "abc", .config_toml = "seed = 0\n", .command = "dyt train"};
const TrainConfig kTrain{.epochs = 3, .batch_size = 4};  // 2 steps an epoch, 2 samples dropped

// Trains in `path`; stops after `stop_after` steps of this process where that is not negative.
RunStatus train(FakeTask& task, const std::filesystem::path& path, int64_t stop_after = -1,
                const TrainConfig& config = kTrain) {
  RunFolder folder(path, kRun, false);
  if (folder.state() == FolderState::kFinished) {
    return RunStatus::kFinished;
  }
  core::StopFlag stop;
  int64_t steps = 0;
  if (stop_after == 0) {
    stop.request();
  }
  const optim::OptimConfig optim{.lr = 0.1, .lr_min = 0};
  return run_training({.task = task,
                       .folder = folder,
                       .train = config,
                       .optim = optim,
                       .stop = stop,
                       .on_progress = [&](const Progress&) {
                         if (++steps == stop_after) {
                           stop.request();
                         }
                       }});
}

Json without_times(Json entry) {
  for (const char* key :
       {"time_seconds", "rate_images_per_second", "time_input_seconds", "memory_peak_bytes"}) {
    entry.erase(key);
  }
  return entry;
}

std::vector<Json> metrics(const std::filesystem::path& path) {
  std::vector<Json> lines;
  std::istringstream text(core::read_file(path / "metrics.jsonl"));
  for (std::string line; std::getline(text, line);) {
    lines.push_back(without_times(Json::parse(line)));
  }
  return lines;
}

Json result(const std::filesystem::path& path) {
  return without_times(Json::parse(core::read_file(path / "result.json")));
}

// The averages by hand: a <- decay a + (1 - decay) w after each step, from what w was before step
// 0.
TEST(Loop, TheWeightsAverageIsEvaluatedAndSaved) {
  TrainConfig config = kTrain;
  config.ema = 0.5;
  const TempFolder straight, halting;
  FakeTask task;
  at::Tensor average = task.weight().detach().clone();
  task.after_step = [&] { average = 0.5 * average + 0.5 * task.weight().detach(); };
  train(task, straight.path(), -1, config);
  task.after_step();  // the last step; the others were seen when the next one began
  io::NamedTensors saved = {{"weight", torch::zeros({1, 3})}, {"bias", torch::zeros({1})}};
  io::load_tensors(straight / "last/ema.safetensors", saved);
  EXPECT_LT((saved[0].second - average).abs().max().item<double>(), 1e-6);
  const Json end = result(straight.path());
  EXPECT_NEAR(end["ema"]["test_loss"].get<double>(), average.sum().item<double>(), 1e-6);
  EXPECT_NE(end["ema"]["test_loss"], end["test_loss"]);
  EXPECT_EQ(metrics(straight.path()).back()["ema_test_loss"], end["ema"]["test_loss"]);

  const TempFolder instead;
  TrainConfig alone = config;
  alone.ema_evaluation = "instead";
  FakeTask third;
  train(third, instead.path(), -1, alone);
  EXPECT_EQ(result(instead.path())["test_loss"], end["ema"]["test_loss"]);
  EXPECT_FALSE(result(instead.path()).contains("ema"));

  FakeTask first, second;
  EXPECT_THROW(train(first, halting.path(), 3, config), core::Error);
  train(second, halting.path(), -1, config);
  EXPECT_EQ(result(halting.path()), end) << "a resumed run goes on with its average";
}

TEST(Loop, WritesMetricsCheckpointsAndResult) {
  const TempFolder folder;
  FakeTask task;
  EXPECT_EQ(train(task, folder.path()), RunStatus::kFinished);
  EXPECT_EQ(task.calibrations, 1);
  EXPECT_EQ(task.calibrated_with, (std::vector<int64_t>{0, 1, 2, 3})) << "the first batch";
  const std::vector<Json> lines = metrics(folder.path());
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2]["step"], 6);
  EXPECT_EQ(lines[2]["alpha"].dump(), R"({"slot":0.5})") << "a norm has no alpha";
  EXPECT_EQ(lines[2]["input_std"].dump(), R"({"norm":2.0,"slot":4.0})");
  const Json end = result(folder.path());
  EXPECT_EQ(end["status"], "finished");
  EXPECT_EQ(end["correct"], "10");
  EXPECT_EQ(end["parameters"], 4);
  ASSERT_EQ(end["health"].size(), 1u);
  EXPECT_EQ(end["health"][0]["saturated"], 0.25);
  EXPECT_TRUE(end["nonfinite"].is_null());
  EXPECT_EQ(end["train_loss"], lines[2]["train_loss"]);
  EXPECT_EQ(end["best"]["epoch"], 1) << "ties go to the first";
  EXPECT_TRUE(std::filesystem::exists(folder / "last/model.safetensors"));
}

TEST(Loop, AStopAtAnyStepChangesNothing) {
  const TempFolder whole;
  FakeTask unbroken;
  train(unbroken, whole.path());
  for (int64_t stop_after = 0; stop_after <= 6; ++stop_after) {  // 2, 4, 6: in an evaluation
    const TempFolder broken;
    FakeTask first, second;
    testing::expect_error(core::ErrorKind::kInterrupted, "the state is saved",
                          [&] { train(first, broken.path(), stop_after); });
    train(second, broken.path());
    EXPECT_EQ(second.calibrations, 0) << "a resumed run never measures again";
    EXPECT_EQ(metrics(broken.path()), metrics(whole.path())) << stop_after;
    EXPECT_EQ(result(broken.path()), result(whole.path())) << stop_after;
    for (const char* name : {"last/model.safetensors", "last/optimizer.safetensors"}) {
      EXPECT_EQ(core::read_file(broken / name), core::read_file(whole / name)) << name;
    }
  }
}

// Every checkpoint is whole: what docs/runs.md says about a damaged `last`.
TEST(Loop, GoesOnFromTheBestCheckpointToTheSameBits) {
  const TempFolder whole, broken;
  FakeTask first, second, third;
  train(first, whole.path());
  testing::expect_error(core::ErrorKind::kInterrupted, "the state is saved",
                        [&] { train(second, broken.path(), 5); });
  ASSERT_EQ(std::filesystem::read_symlink(broken / "best"), "checkpoints/step-2");
  core::replace_link(broken / "last", "checkpoints/step-2");
  train(third, broken.path());
  EXPECT_EQ(metrics(broken.path()), metrics(whole.path()));
  EXPECT_EQ(result(broken.path()), result(whole.path()));
  for (const char* name : {"last/model.safetensors", "last/optimizer.safetensors"}) {
    EXPECT_EQ(core::read_file(broken / name), core::read_file(whole / name)) << name;
  }
}

TEST(Loop, DivergenceIsAResultWithItsStep) {
  const TempFolder folder;
  FakeTask task;
  task.diverge_at = 3;
  EXPECT_EQ(train(task, folder.path()), RunStatus::kDiverged);
  const Json end = result(folder.path());
  EXPECT_EQ(end["status"], "diverged");
  EXPECT_EQ(end["step"], 4) << "the fourth step's loss was not finite";
  EXPECT_TRUE(end["test_accuracy"].is_null());
  EXPECT_EQ(end["best"]["epoch"], 1);
  EXPECT_EQ(end["nonfinite"]["loss"], "inf");
  EXPECT_EQ(end["nonfinite"]["layer"], "slot");
  EXPECT_EQ(end["nonfinite"]["words"], "it began in the slot");
  EXPECT_EQ(metrics(folder.path()).size(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder / "last/model.safetensors"))
      << "the last good checkpoint stays";
}

std::string newest(const std::filesystem::path& path) {
  return std::filesystem::read_symlink(path / "last").filename().string();
}

// Steps 0 and 1 are the first epoch, 2 and 3 the second, 4 and 5 the third and last.
TEST(Loop, AnUpdateThatBreaksTheWeightsShowsInTheNextLoss) {
  for (const int64_t poison_at : {2, 3}) {  // inside an epoch, and at its end
    const TempFolder folder;
    FakeTask task;
    task.poison_at = poison_at;
    EXPECT_EQ(train(task, folder.path()), RunStatus::kDiverged);
    const Json end = result(folder.path());
    EXPECT_EQ(end["step"], poison_at + 2) << "the step after";
    EXPECT_EQ(end["nonfinite"]["loss"], "nan");
    EXPECT_EQ(end["nonfinite"]["words"], "it began in the slot");
    EXPECT_EQ(task.evaluations, 1) << "weights that are not finite are not evaluated";
    EXPECT_EQ(metrics(folder.path()).size(), 1u);
    EXPECT_EQ(newest(folder.path()), "step-2") << "the last good checkpoint stays";
  }
}

TEST(Loop, AfterTheLastStepBrokenWeightsAreADivergence) {
  const TempFolder folder;
  FakeTask task;
  task.poison_at = 5;
  EXPECT_EQ(train(task, folder.path()), RunStatus::kDiverged);
  const Json end = result(folder.path());
  EXPECT_EQ(end["status"], "diverged");
  EXPECT_EQ(end["step"], 6);
  EXPECT_TRUE(end["test_accuracy"].is_null());
  EXPECT_TRUE(end["nonfinite"]["loss"].is_null()) << "the loss was finite";
  EXPECT_EQ(end["nonfinite"]["layer"], "slot");
  EXPECT_EQ(end["nonfinite"]["words"], "it began in the slot");
  EXPECT_EQ(task.evaluations, 2);
  EXPECT_EQ(metrics(folder.path()).size(), 2u);
  EXPECT_EQ(newest(folder.path()), "step-4");
}

TEST(Loop, AStopDoesNotSaveBrokenWeights) {
  for (const int64_t poison_at : {2, 3}) {
    const TempFolder folder;
    FakeTask first, second;
    first.poison_at = second.poison_at = poison_at;
    testing::expect_error(core::ErrorKind::kInterrupted,
                          "the weights are not finite; the last good checkpoint, if any, is kept",
                          [&] { train(first, folder.path(), poison_at + 1); });
    EXPECT_EQ(newest(folder.path()), "step-2");
    EXPECT_EQ(train(second, folder.path()), RunStatus::kDiverged);
    EXPECT_EQ(result(folder.path())["step"], poison_at + 2) << "as without the stop";
  }
}

TEST(Loop, ABatchLargerThanTheData) {
  const TempFolder path;
  FakeTask task;
  RunFolder folder(path.path(), kRun, false);
  const core::StopFlag stop;
  const TrainConfig train{.epochs = 1, .batch_size = 11};
  testing::expect_error(core::ErrorKind::kUsage, "expected: at most 10\n  found:    11", [&] {
    run_training({.task = task, .folder = folder, .train = train, .optim = {}, .stop = stop});
  });
}

}  // namespace
}  // namespace dyt::train
