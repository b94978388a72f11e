// SPDX-License-Identifier: Apache-2.0
// Frozen encoders with a matrix on top: start.probe.
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>

#include "dyt/io/tensor_file.h"
#include "dyt/models/probe_classifier.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "tests/support/temp_folder.h"

namespace dyt::tasks {
namespace {

using testing::TempFolder;

RunOutcome trained_probe(const std::filesystem::path& folder, std::vector<std::string> overrides) {
  const std::vector<std::string> small = {
      "model.dim=16",        "model.depth=2",      "model.num_heads=2",
      "data.train_limit=64", "data.test_limit=20", "train.epochs=2",
      "train.batch_size=16", "device=cpu",         "out=" + folder.string()};
  overrides.insert(overrides.end(), small.begin(), small.end());
  const core::StopFlag stop;
  return train_run({.config = resolve_config<RunConfig>({.overrides = overrides}), .stop = stop});
}

TEST(Probe, TrainsTheMatrixAndNothingElse) {
  const TempFolder folder;
  trained_probe(folder / "mae", {"model=mae", "model.decoder_dim=16", "model.decoder_num_heads=2",
                                 "model.norm=dyt:alpha0=auto"});
  const std::string from = "start.from=" + (folder / "mae").string();
  const io::NamedTensors saved = io::read_tensors(folder / "mae/last/model.safetensors");
  for (const char* kind : {"batch_norm", "last_class_tokens", "token_and_mean"}) {
    const auto run = folder / kind;
    const RunOutcome outcome = trained_probe(
        run, {from, std::string("start.probe=") + kind, "model.norm=dyt:alpha0=auto"});
    EXPECT_EQ(outcome.status, train::RunStatus::kFinished) << kind;
    const io::NamedTensors probed = io::read_tensors(run / "last/model.safetensors");
    int equal = 0;
    for (const auto& [name, value] : probed) {
      for (const auto& [other, encoder] : saved) {
        if (name == "encoder." + other) {
          EXPECT_TRUE(at::equal(value, encoder)) << name;
          ++equal;
        }
      }
      if (name == "linear.weight") {
        EXPECT_EQ(value.size(1), 2 * 16) << kind << ": two blocks, or token and mean";
      }
    }
    EXPECT_GT(equal, 20) << kind;
    EXPECT_EQ(evaluate_run(run, "last", {}).evaluation.loss,
              nlohmann::json::parse(outcome.result_json)["test_loss"].get<double>());
  }
}

TEST(Probe, OfDinosTeacherAndOfRandomFeatures) {
  const TempFolder folder;
  const std::vector<std::string> dino = {"model=dino", "model.out_dim=16",
                                         "model.head_hidden_dim=8", "model.head_bottleneck_dim=4",
                                         "dino.local_crops=1"};
  trained_probe(folder / "dino", dino);
  EXPECT_EQ(trained_probe(folder / "probe",
                          {"start.from=" + (folder / "dino").string(),
                           "start.probe=last_class_tokens", "augment.policy=resized_crop"})
                .status,
            train::RunStatus::kFinished);
  EXPECT_EQ(trained_probe(folder / "random", {"start.probe=token_and_mean"}).status,
            train::RunStatus::kFinished);
}

TEST(Probe, FeaturesHaveNoGradient) {
  models::VitConfig config{.image_size = 8,
                           .channels = 1,
                           .num_classes = 3,
                           .dim = 8,
                           .depth = 2,
                           .num_heads = 2,
                           .drop_path = 0.5};
  models::ProbeClassifier probe(config, models::ProbeKind::kTokenAndMean);
  models::initialize(probe, 0.02, 0);
  EXPECT_NEAR(probe.named_parameters()["linear.weight"].std().item<double>(), 0.01, 0.003);
  const at::Tensor images = torch::randn({4, 1, 8, 8});
  probe.forward(images).sum().backward();
  for (const auto& item : probe.named_parameters()) {
    EXPECT_EQ(item.value().grad().defined(), item.key().starts_with("linear.")) << item.key();
  }
}

}  // namespace
}  // namespace dyt::tasks
