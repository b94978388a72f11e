#include "dyt/tasks/run_config.h"

#include <gtest/gtest.h>

#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "tests/support/expect_error.h"

namespace dyt::tasks {
namespace {

using core::ErrorKind;
using testing::expect_error;

TEST(Presets, GoBelowFileAndOverrides) {
  const auto plain = resolve_config<RunConfig>({});
  EXPECT_EQ(plain.train.epochs, 20);
  const auto mnist = resolve_config<RunConfig>({.overrides = {"data=mnist", "train.epochs=7"}});
  EXPECT_EQ(mnist.model.patch_size, 7) << "the data set's preset";
  EXPECT_EQ(mnist.train.epochs, 7) << "an override wins over it";
  const auto tiny =
      resolve_config<RunConfig>({.overrides = {"model=vit_tiny_patch16_224", "model.depth=2"}});
  EXPECT_EQ(tiny.model.dim, 192);
  EXPECT_EQ(tiny.model.depth, 2);
  EXPECT_EQ(tiny.init.linear_std, 0.02) << "the model's own initialization";
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
  EXPECT_EQ(config.model.image_size, 8);
  EXPECT_EQ(config.model.channels, 1);
  EXPECT_EQ(config.model.num_classes, 10);
  config.model.image_size = 28;
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
  config.model.norm = "dyt";
  ASSERT_EQ(config_warnings(config).size(), 1u);
  EXPECT_NE(config_warnings(config)[0].find("alpha0 = 0.5"), std::string::npos);
  config.init.linear_std = 0.02;
  EXPECT_EQ(config_warnings(config).size(), 2u);
  config.model.norm = "dyt:alpha0=auto";
  EXPECT_EQ(config_warnings(config).size(), 1u);
  config.model.dim = 256;
  EXPECT_EQ(config_warnings(config).size(), 0u);
}

TEST(Warnings, AnUnchosenPatchOfALargeImage) {
  RunConfig config;
  config.model.norm = "layer_norm";
  config.model.image_size = 8;
  EXPECT_TRUE(config_warnings(config).empty());
  config.model.image_size = 32;
  ASSERT_EQ(config_warnings(config).size(), 1u);
  EXPECT_NE(config_warnings(config)[0].find("makes 256 tokens"), std::string::npos);
  EXPECT_NE(config_warnings(config)[0].find("4 makes 64."), std::string::npos);
  config.model.patch_size = 1;
  EXPECT_TRUE(config_warnings(config).empty())
      << "a patch that was chosen is the person's business";
}

}  // namespace
}  // namespace dyt::tasks
