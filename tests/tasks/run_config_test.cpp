// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/run_config.h"

#include <gtest/gtest.h>

#include "dyt/core/files.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::tasks {
namespace {

using core::ErrorKind;
using testing::expect_error;

TEST(Presets, GoBelowFileAndOverrides) {
  const auto plain = resolve_config<RunConfig>({});
  EXPECT_EQ(plain.train.epochs, 20);
  auto mnist = resolve_config<RunConfig>({.overrides = {"data=mnist", "train.epochs=7"}});
  EXPECT_EQ(mnist.model.vit().patch_size, 7) << "the data set's preset";
  EXPECT_EQ(mnist.train.epochs, 7) << "an override wins over it";
  auto tiny =
      resolve_config<RunConfig>({.overrides = {"model=vit_tiny_patch16_224", "model.depth=2"}});
  EXPECT_EQ(tiny.model.vit().dim, 192);
  EXPECT_EQ(tiny.model.vit().depth, 2);
  EXPECT_EQ(std::get<models::VitModel>(tiny.model.family).init.linear_std, 0.02)
      << "the model's own initialization";
}

TEST(Presets, KeysGoWithTheModelsFamily) {
  auto resnet = resolve_config<RunConfig>({.overrides = {"model.width=8", "model=resnet50"}});
  EXPECT_EQ(resnet.model.resnet().width, 8) << "whatever the order";
  EXPECT_EQ(resnet.model.resnet().block, "bottleneck");
  EXPECT_EQ(resnet.model.norm(), "batch_norm:eps=1e-5");
  auto mnist = resolve_config<RunConfig>({.overrides = {"data=mnist", "model=convnext"}});
  EXPECT_EQ(mnist.model.convnext().patch_size, 2) << "the preset's patch is a ViT's";
  EXPECT_EQ(mnist.train.epochs, 3);
  expect_error(ErrorKind::kUsage, "unknown key 'model.depth'", [] {
    resolve_config<RunConfig>({.overrides = {"model=convnext", "model.depth=3"}});
  });
  expect_error(ErrorKind::kUsage, "did you mean 'resnet50'",
               [] { resolve_config<RunConfig>({.overrides = {"model=resnet51"}}); });
}

TEST(Presets, AKeyOfAnotherFamilySaysWhoseItIs) {
  const auto refused = [](const std::string& part, const std::vector<std::string>& overrides) {
    expect_error(ErrorKind::kUsage, part,
                 [&] { resolve_config<RunConfig>({.overrides = overrides}); });
  };
  refused(
      "unknown key 'dino.momentum': it is a key of models of the family dino; the model here "
      "is mae",
      {"model=mae", "dino.momentum=0.9"});
  refused("of the families mae, dino, dit; the model here is vit_tiny_patch16_224",
          {"model=vit_tiny_patch16_224", "knn.k=3"});
  refused("did you mean 'model.depths'", {"model=convnext", "model.depth=3"});
  refused("did you mean 'model.depth'", {"model.dpth=3"});
}

TEST(Presets, TheModelOfAFileAndOfTheCommandLine) {
  const testing::TempFolder folder;
  core::write_file_atomic(folder / "run.toml",
                          "[model]\nname = \"vgg\"\ndims = [4, 8]\ndepths = [1, 1]\n");
  auto vgg = resolve_config<RunConfig>({folder / "run.toml", {"model.hidden_dim=16"}});
  EXPECT_EQ(vgg.model.vgg().dims, (std::vector<int64_t>{4, 8}));
  EXPECT_EQ(vgg.model.vgg().hidden_dim, 16);
  expect_error(ErrorKind::kUsage, "run.toml:3", [&] {
    resolve_config<RunConfig>({folder / "run.toml", {"model=resnet"}});
  });
  const RunConfig again = resolve_config<RunConfig>({folder / "run.toml", {}});
  RunConfig written = again;
  core::write_file_atomic(folder / "written.toml", core::to_toml(core::fields_of(written)));
  EXPECT_EQ(run_identity(again, ""),
            run_identity(resolve_config<RunConfig>({folder / "written.toml", {}}), ""));
}

// A configuration with a key of a comparison, as dyt/compare has it.
struct WithSeeds {
  RunConfig run;
  std::vector<int64_t> seeds = {0, 1, 2, 3, 4};
  void visit_fields(core::Fields& fields) {
    fields.add("seeds", seeds, {.help = "seeds", .count_as_range = true});
    visit_run_fields(run, fields);
  }
};

TEST(Presets, SetAComparisonsKeysOnlyWhereTheyExist) {
  EXPECT_EQ(resolve_config<WithSeeds>({.overrides = {"data=mnist"}}).seeds.size(), 3u);
  EXPECT_EQ(resolve_config<WithSeeds>({.overrides = {"data=mnist", "seeds=7"}}).seeds.size(), 7u);
  EXPECT_EQ(resolve_config<WithSeeds>({}).seeds.size(), 5u);
}

TEST(RunConfig, TakesSizesFromTheData) {
  const data::ImageData data = data::open_data({});
  RunConfig config;
  fit_to_data(config, data);
  EXPECT_EQ(config.model.image_size(), 8);
  EXPECT_EQ(config.model.channels(), 1);
  EXPECT_EQ(config.model.num_classes(), 10);
  config.model.image_size() = 28;
  expect_error(ErrorKind::kUsage, "'model.image_size' does not fit the data",
               [&] { fit_to_data(config, data); });
}

TEST(RunConfig, IdentityIsWhatDecidesResults) {
  const RunConfig config;
  RunConfig moved = config, longer = config;
  moved.out = "elsewhere";
  moved.train.threads = 7;
  moved.device = "cpu";
  longer.train.epochs = 21;
  EXPECT_EQ(run_identity(config, "sum"), run_identity(moved, "sum"));
  EXPECT_NE(run_identity(config, "sum"), run_identity(longer, "sum"));
  EXPECT_NE(run_identity(config, "sum"), run_identity(config, "other data"));
}

TEST(Warnings, NarrowModelsWithPublishedValues) {
  RunConfig config;
  config.model.norm() = "dyt";
  ASSERT_EQ(config_warnings(config).size(), 1u);
  EXPECT_NE(config_warnings(config)[0].find("alpha0 = 0.5"), std::string::npos);
  std::get<models::VitModel>(config.model.family).init.linear_std = 0.02;
  EXPECT_EQ(config_warnings(config).size(), 2u);
  config.model.norm() = "dyt:alpha0=auto";
  EXPECT_EQ(config_warnings(config).size(), 1u);
  config.model.vit().dim = 256;
  EXPECT_EQ(config_warnings(config).size(), 0u);
}

TEST(Warnings, AnUnchosenPatchOfALargeImage) {
  RunConfig config;
  config.model.norm() = "layer_norm";
  config.model.image_size() = 8;
  EXPECT_TRUE(config_warnings(config).empty());
  config.model.image_size() = 32;
  ASSERT_EQ(config_warnings(config).size(), 1u);
  EXPECT_NE(config_warnings(config)[0].find("makes 256 tokens"), std::string::npos);
  EXPECT_NE(config_warnings(config)[0].find("4 makes 64."), std::string::npos);
  config.model.vit().patch_size = 1;
  EXPECT_TRUE(config_warnings(config).empty())
      << "a patch that was chosen is the person's business";
  RunConfig mae{.model = models::find_model("mae")};
  mae.model.image_size() = 32;
  ASSERT_EQ(config_warnings(mae).size(), 1u);
  EXPECT_NE(config_warnings(mae)[0].find("makes 256 tokens"), std::string::npos);
}

}  // namespace
}  // namespace dyt::tasks
