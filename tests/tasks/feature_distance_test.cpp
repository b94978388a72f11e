// SPDX-License-Identifier: Apache-2.0
// A run of diffusion whose evaluations measure its pictures by a classifier trained here.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/tasks/inspect.h"
#include "dyt/tasks/picture_quality.h"
#include "dyt/tasks/sample_pictures.h"
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
using testing::mentions;
using testing::TempFolder;
using testing::trained_run;

TEST(FeatureDistance, StandsInMetricsAndResultUnderItsOwnName) {
  const TempFolder folder;
  const std::string classifier = trained_run(folder / "classifier", {}).string();
  const fs::path run = dit_run(folder / "dit", {"diffusion.classifier=" + classifier});
  const json result = json::parse(core::read_file(run / "result.json"));
  ASSERT_EQ(result["measures"].size(), 1u);
  EXPECT_EQ(result["measures"][0]["title"],
            "feature distance (classifier " + classifier + "), not FID, of 10 drawn pictures");
  const double distance = result["measures"][0]["value"];
  EXPECT_GT(distance, 0);
  const json metrics = json::parse(core::read_file(run / "metrics.jsonl"));
  EXPECT_EQ(metrics["measures"]["feature_distance"], distance);
  EXPECT_EQ(evaluate_run(run, "last", {}).evaluation.measures[0].value, distance);

  // The same by the commands' way: pictures as files, then measured.
  const core::StopFlag stop;
  sample_pictures({.run = run,
                   .overrides = {},
                   .count = 10,
                   .out = folder / "samples",
                   .stop = stop,
                   .on_progress = {}});
  const PictureQuality quality = picture_quality({.reference = "run=" + run.string(),
                                                  .samples = (folder / "samples").string(),
                                                  .config = {.classifier = classifier},
                                                  .on_progress = {}});
  EXPECT_NEAR(quality.numbers[0].value, distance, 0.02 * distance) << "but for bytes' rounding";
}

TEST(FeatureDistance, AClassifierThatDoesNotGoIsFoundBeforeTraining) {
  const TempFolder folder;
  const auto expect_refused = [&](ErrorKind kind, const char* part, const std::string& classifier) {
    expect_error(kind, part,
                 [&] { dit_run(folder / "out", {"diffusion.classifier=" + classifier}); });
    EXPECT_FALSE(fs::exists(folder / "out"));
  };
  expect_refused(ErrorKind::kData, "not a run folder", "/nowhere");
  expect_refused(ErrorKind::kUsage, "model dit", dit_run(folder / "dit"));
}

TEST(FeatureDistance, DrawingAndLookingNeedNoClassifierAnyMore) {
  const TempFolder folder;
  const std::string classifier = trained_run(folder / "classifier", {}).string();
  const fs::path run = dit_run(folder / "dit", {"diffusion.classifier=" + classifier});
  fs::remove_all(classifier);
  const core::StopFlag stop;
  EXPECT_EQ(sample_pictures({.run = run,
                             .overrides = {},
                             .count = 3,
                             .out = folder / "samples",
                             .stop = stop,
                             .on_progress = {}})
                .count,
            3);
  EXPECT_FALSE(inspect_run(run, {}).empty());
}

}  // namespace
}  // namespace dyt::tasks
