// SPDX-License-Identifier: Apache-2.0
// Runs on images that stay in their files, and whose batches threads make.
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/tasks/classify.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::expect_error;

class StreamedRun : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* part : {"train", "val"}) {
      for (int i = 0; i < 24; ++i) {
        const fs::path place = images() / part / (i % 2 == 0 ? "even" : "odd");
        fs::create_directories(place);
        core::write_file_atomic(
            place / (std::to_string(i) + ".jpg"),
            testing::jpeg_bytes(testing::stripes(18 + i, 30 - i / 2, 3, 7 * i)));
      }
    }
  }

  fs::path images() const { return folder_ / "images"; }

  std::vector<std::string> overrides(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"data.folder=" + images().string(),
                                    "data.stream=true",
                                    "data.image_size=8",
                                    "data.dir=" + (folder_ / "cache").string(),
                                    "augment.policy=supervised",
                                    "model.dim=16",
                                    "model.depth=1",
                                    "model.num_heads=2",
                                    "train.batch_size=8",
                                    "train.epochs=2",
                                    "device=cpu"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  RunOutcome trained(const std::string& name, const std::vector<std::string>& more) const {
    std::vector<std::string> all = overrides(more);
    all.push_back("out=" + (folder_ / name).string());
    const core::StopFlag stop;
    return train_run({.config = resolve_config<RunConfig>({.overrides = all}), .stop = stop});
  }

  std::string weights(const std::string& name) const {
    return core::read_file(folder_ / name / "last/model.safetensors");
  }

  void expect_refused(const std::string& words, const std::vector<std::string>& more) const {
    expect_error(ErrorKind::kUsage, words, [&] {
      auto config = resolve_config<RunConfig>({.overrides = overrides(more)});
      fit_to_data(config, data::open_data(config.data));
    });
  }

  testing::TempFolder folder_;
};

TEST_F(StreamedRun, ItsWeightsDoNotDependOnTheThreadsThatReadImages) {
  trained("none", {"data.workers=0"});
  for (const char* workers : {"1", "3"}) {
    trained(workers, {std::string("data.workers=") + workers});
    EXPECT_EQ(weights(workers), weights("none"));
  }
}

TEST_F(StreamedRun, HowLongStepsWaitedForImagesIsInTheLog) {
  trained("run", {});
  const std::string log = core::read_file(folder_ / "run/metrics.jsonl");
  const auto epoch = nlohmann::json::parse(log.substr(0, log.find('\n')));
  EXPECT_GT(epoch.at("time_input_seconds").get<double>(), 0);
  EXPECT_LT(epoch.at("time_input_seconds").get<double>(), epoch.at("time_seconds").get<double>());
  EXPECT_GT(epoch.at("rate_images_per_second").get<double>(), 0);
}

TEST_F(StreamedRun, AnEvaluationIsThatOfTheFiles) {
  const RunOutcome outcome = trained("run", {"data.normalization=imagenet"});
  EXPECT_EQ(outcome.status, train::RunStatus::kFinished);
  const EvalOutcome again = evaluate_run(folder_ / "run", "last", {"data.workers=0"});
  const auto result = nlohmann::json::parse(outcome.result_json);
  EXPECT_EQ(again.test_images, 24);
  EXPECT_EQ(again.evaluation.loss, result["test_loss"].get<double>());
}

TEST_F(StreamedRun, EveryFamilyTakesThem) {
  EXPECT_EQ(trained("mae", {"model=mae", "augment.policy=resized_crop", "model.decoder_dim=16",
                            "model.decoder_num_heads=2", "knn.k=5"})
                .status,
            train::RunStatus::kFinished);
  EXPECT_EQ(trained("dino", {"model=dino", "augment.policy=affine", "model.out_dim=16",
                             "model.head_hidden_dim=8", "model.head_bottleneck_dim=4",
                             "dino.local_crops=1", "knn.k=5"})
                .status,
            train::RunStatus::kFinished);
  EXPECT_EQ(trained("dit", {"model=dit", "augment.policy=center_crop", "diffusion.samples=4",
                            "diffusion.sampling_steps=5", "knn.k=3"})
                .status,
            train::RunStatus::kFinished);
}

TEST_F(StreamedRun, RepeatedAugmentationMeetsFewerImagesMoreOften) {
  auto config = resolve_config<RunConfig>({.overrides = overrides({"augment.repeats=3"})});
  data::ImageData data = data::open_data(config.data);
  fit_to_data(config, data);
  Classify task(config, std::move(data));
  const std::vector<int64_t> order = task.epoch_order(0);
  EXPECT_EQ(order.size(), 24u);
  EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), 8u);
  EXPECT_EQ(order[0], order[2]);
  trained("threads", {"augment.repeats=3"});
  trained("none", {"augment.repeats=3", "data.workers=0"});
  EXPECT_EQ(weights("threads"), weights("none"));
  trained("once", {"data.workers=0"});
  EXPECT_NE(weights("once"), weights("none"));
}

TEST_F(StreamedRun, WhatDoesNotGo) {
  expect_refused("augment.policy", {"augment.policy=affine"});
  expect_refused("data.normalization", {"model=dit", "data.normalization=imagenet"});
  expect_refused("augment.repeats",
                 {"model=mae", "augment.repeats=2", "knn.k=5", "augment.policy=resized_crop"});
  core::write_file_atomic(images() / "train/even/4.jpg", "\xff\xd8 torn");
  expect_error(ErrorKind::kData, "4.jpg", [&] { trained("torn", {}); });
}

}  // namespace
}  // namespace dyt::tasks
