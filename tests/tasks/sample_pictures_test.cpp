// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/sample_pictures.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/formats/image.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"
#include "tests/tasks/tiny_runs.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using nlohmann::json;
using testing::dit_run;
using testing::expect_error;
using testing::TempFolder;
using testing::trained_run;

const core::StopFlag kGoOn;

SampleOutcome sample(const fs::path& run, const fs::path& out, int64_t count,
                     std::vector<std::string> overrides = {}) {
  return sample_pictures({.run = run,
                          .overrides = std::move(overrides),
                          .count = count,
                          .out = out,
                          .stop = kGoOn,
                          .on_progress = {}});
}

// Bytes by relative path.
std::map<std::string, std::string> pictures_in(const fs::path& folder) {
  std::map<std::string, std::string> pictures;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".png") {
      pictures[fs::relative(entry.path(), folder)] = core::read_file(entry.path());
    }
  }
  return pictures;
}

class SamplePictures : public ::testing::Test {
 protected:
  SamplePictures() { dit_run(run_); }

  TempFolder folder_;
  fs::path run_ = folder_ / "run";
};

TEST_F(SamplePictures, AFolderAClassAndTheSameBitsWhateverTheCount) {
  const SampleOutcome outcome = sample(run_, folder_ / "few", 12);
  EXPECT_EQ(outcome.kept, 0);
  const auto few = pictures_in(folder_ / "few");
  ASSERT_EQ(few.size(), 12u);
  EXPECT_TRUE(few.contains("0/000010.png"));
  EXPECT_TRUE(few.contains("9/000009.png"));
  const formats::Image image = formats::read_image(folder_ / "few/3/000003.png");
  EXPECT_EQ(image.width, 8);
  EXPECT_EQ(image.channels, 1);

  sample(run_, folder_ / "many", 40);
  auto many = pictures_in(folder_ / "many");
  EXPECT_EQ(many.size(), 40u);
  for (const auto& [name, bytes] : few) {
    EXPECT_EQ(many[name], bytes) << name;
  }
  EXPECT_EQ(sample(run_, folder_ / "few", 40).kept, 12) << "a larger count goes on";
  EXPECT_EQ(pictures_in(folder_ / "few"), many);
  fs::remove(folder_ / "few/4/000034.png");
  EXPECT_EQ(sample(run_, folder_ / "few", 40).kept, 39);
  EXPECT_EQ(pictures_in(folder_ / "few"), many);
}

TEST_F(SamplePictures, SettingsDecideAndAreWrittenDown) {
  const SampleOutcome plain = sample(run_, folder_ / "plain", 10);
  const std::vector<std::string> others[] = {{"seed=1"},
                                             {"diffusion.guidance=3"},
                                             {"diffusion.sampler=ddpm"},
                                             {"diffusion.sampling_steps=4"}};
  for (const std::vector<std::string>& other : others) {
    const fs::path out = folder_ / other[0];
    sample(run_, out, 10, other);
    EXPECT_NE(pictures_in(out), pictures_in(folder_ / "plain")) << other[0];
    expect_error(ErrorKind::kUsage, "pictures of another",
                 [&] { sample(run_, folder_ / "plain", 10, other); });
  }
  const json settings = json::parse(plain.settings_json);
  EXPECT_EQ(settings["seed"], 0);
  EXPECT_EQ(settings["sampler"], "ddim");
  EXPECT_EQ(settings["weights"], core::sha256_hex_of_file(run_ / "last/model.safetensors"));
  EXPECT_EQ(core::read_file(folder_ / "plain/samples.json"), plain.settings_json);
}

TEST_F(SamplePictures, AnotherFolderIsLeftAlone) {
  fs::create_directory(folder_ / "mine");
  core::write_file_atomic(folder_ / "mine/a.png", "x");
  expect_error(ErrorKind::kUsage, "found:    a.png", [&] { sample(run_, folder_ / "mine", 10); });
  EXPECT_FALSE(fs::exists(folder_ / "mine/.lock"));
  for (const fs::path& place : {run_, run_ / "samples", run_.parent_path()}) {
    expect_error(ErrorKind::kUsage, "--out and the run", [&] { sample(run_, place, 10); });
  }
  sample(run_, folder_ / "out", 10);
  core::write_file_atomic(folder_ / "out/0/.tmp-1-x.png", "mine");
  core::write_file_atomic(folder_ / "out/0/.tmp-1-000099.png", "half");
  sample(run_, folder_ / "out", 10);
  EXPECT_TRUE(fs::exists(folder_ / "out/0/.tmp-1-x.png"));
  EXPECT_FALSE(fs::exists(folder_ / "out/0/.tmp-1-000099.png"));
  expect_error(ErrorKind::kUsage, "more pictures", [&] { sample(run_, folder_ / "out", 9); });
  core::write_file_atomic(folder_ / "out/samples.json", "{");
  expect_error(ErrorKind::kData, "samples.json", [&] { sample(run_, folder_ / "out", 10); });
}

TEST_F(SamplePictures, AStopKeepsWhatIsDrawn) {
  core::StopFlag stop;
  const SampleInput input{.run = run_,
                          .overrides = {},
                          .count = 64,
                          .out = folder_ / "out",
                          .stop = stop,
                          .on_progress = [&](const SampleProgress& progress) {
                            EXPECT_EQ(progress.done, 32);
                            EXPECT_EQ(progress.count, 64);
                            stop.request();
                          }};
  expect_error(ErrorKind::kInterrupted, "32 of 64", [&] { sample_pictures(input); });
  EXPECT_EQ(pictures_in(folder_ / "out").size(), 32u);
  EXPECT_EQ(sample(run_, folder_ / "out", 64).kept, 32);
}

TEST_F(SamplePictures, TheWeightsAreThoseOfTheEvaluation) {
  dit_run(folder_ / "average", {"train.ema=0.5", "train.ema_evaluation=instead"});
  const json settings = json::parse(sample(folder_ / "average", folder_ / "out", 10).settings_json);
  EXPECT_EQ(settings["weights"],
            core::sha256_hex_of_file(folder_ / "average/last/ema.safetensors"));
}

TEST_F(SamplePictures, WhatCannotBeDrawnFrom) {
  trained_run(folder_ / "vit", {});
  expect_error(ErrorKind::kUsage, "a run of model=dit",
               [&] { sample(folder_ / "vit", folder_ / "out", 10); });
  expect_error(ErrorKind::kData, "not a run folder",
               [&] { sample(folder_ / "none", folder_ / "out", 10); });
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

}  // namespace
}  // namespace dyt::tasks
