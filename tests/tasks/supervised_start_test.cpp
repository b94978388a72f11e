// SPDX-License-Identifier: Apache-2.0
// Runs that start from a classifier's weights, and what a run reports where there are many classes.
#include <ATen/ops/zeros.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/models/positions.h"
#include "dyt/models/vit.h"
#include "dyt/tasks/pretrained.h"
#include "dyt/tasks/top_five.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"
#include "tests/tasks/tiny_runs.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;
using testing::trained_run;

at::Tensor saved(const fs::path& run, const std::string& name) {
  for (const auto& [key, tensor] : io::read_tensors(run / "last/model.safetensors")) {
    if (key == name) {
      return tensor;
    }
  }
  ADD_FAILURE() << "no " << name;
  return {};
}

RunOutcome convnext(const fs::path& folder, std::vector<std::string> more) {
  more.insert(more.begin(), {"model=convnext", "model.dims=[8,16]", "model.depths=[1,4]",
                             "data.train_limit=32", "data.test_limit=10", "train.batch_size=16",
                             "train.epochs=1", "device=cpu", "out=" + folder.string()});
  const core::StopFlag stop;
  return train_run({.config = resolve_config<RunConfig>({.overrides = more}), .stop = stop});
}

TEST(SupervisedStart, OfAConvNextTakesAllButTheLastMatrix) {
  const TempFolder folder;
  convnext(folder / "first", {});
  // At a rate of 0 weights are where they started.
  convnext(folder / "second", {"start.from=" + (folder / "first").string(), "optim.layer_decay=0.8",
                               "optim.lr=0", "seed=3"});
  for (const char* name :
       {"stem.0.weight", "stages.1.blocks.3.mlp.fc2.weight", "head.norm.weight"}) {
    EXPECT_TRUE(saved(folder / "second", name).equal(saved(folder / "first", name))) << name;
  }
  EXPECT_GT(saved(folder / "first", "head.fc.weight").abs().max().item<double>(), 1e-2);
  EXPECT_LT(saved(folder / "second", "head.fc.weight").abs().max().item<double>(), 1e-3);
}

TEST(SupervisedStart, AnotherFamilyIsNamed) {
  const TempFolder folder;
  trained_run(folder / "vit", {});
  testing::expect_error(core::ErrorKind::kUsage, "found:    model=vit", [&] {
    convnext(folder / "run", {"start.from=" + (folder / "vit").string()});
  });
}

TEST(SupervisedStart, AConvNextHasNoTokensToProbe) {
  const TempFolder folder;
  testing::expect_error(core::ErrorKind::kUsage, "start.probe",
                        [&] { convnext(folder / "run", {"start.probe=batch_norm"}); });
}

TEST(SupervisedStart, PositionsGoToAnotherGridByTheRuleOfWhoMadeThem) {
  const TempFolder folder;
  trained_run(folder / "vit", {});
  trained_run(folder / "mae",
              {"model=mae", "model.decoder_dim=16", "model.decoder_num_heads=2", "knn.k=5"});
  const auto started = [&](const char* name) {
    RunConfig config = resolve_config<RunConfig>({.overrides = testing::kTiny});
    auto sizes = std::get<models::VitModel>(config.model.family).sizes;
    sizes.image_size = 16;  // twice the side of the pre-training
    sizes.channels = 1;
    sizes.num_classes = 10;
    models::VisionTransformer network(sizes);
    config.start.from = (folder / name).string();
    load_start(network, config);
    return network.named_parameters()["pos_embed"].detach().clone();
  };
  const int64_t side = 8;
  const at::Tensor vit = saved(folder / "vit", "pos_embed"),
                   mae = saved(folder / "mae", "pos_embed");
  EXPECT_TRUE(started("vit").equal(models::resample_positions(vit, side)));
  EXPECT_TRUE(started("mae").equal(models::resample_positions_mae(mae, side)));
  EXPECT_FALSE(started("vit").equal(models::resample_positions_mae(vit, side)));
}

TEST(TopFive, CountsWhereThereAreManyClasses) {
  at::Tensor scores = at::zeros({2, 60});
  for (int64_t n = 0; n < 6; ++n) {
    scores[0][n] = static_cast<double>(n);      // ranks 5, 4, 3, 2, 1, then 0
    scores[1][n] = static_cast<double>(n) + 1;  // the same
  }
  const at::Tensor labels = at::zeros({2}, at::kLong);
  labels[0] = 1;  // the fifth best; class 0 is the sixth
  train::Evaluation evaluation;
  TopFive many(60);
  many.add(scores, labels);
  many.add_to(evaluation);
  ASSERT_EQ(evaluation.measures.size(), 1u);
  EXPECT_EQ(evaluation.measures[0].name, "top5_accuracy");
  EXPECT_DOUBLE_EQ(evaluation.measures[0].value, 0.5);
  TopFive few(10);
  few.add(scores.slice(1, 0, 10), labels);
  few.add_to(evaluation);
  EXPECT_EQ(evaluation.measures.size(), 1u);
}

}  // namespace
}  // namespace dyt::tasks
