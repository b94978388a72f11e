// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vit.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/core/lookup.h"
#include "dyt/models/positions.h"
#include "dyt/models/table.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

VitConfig digits_config(const std::string& norm = "layer_norm") {
  return {.image_size = 8, .channels = 1, .num_classes = 10, .norm = norm};
}

std::shared_ptr<VisionTransformer> initialized(const VitConfig& config, uint64_t seed,
                                               const VitInit& init = {}) {
  auto model = std::make_shared<VisionTransformer>(config);
  initialize(*model, init, seed);
  return model;
}

struct CountCase {
  std::string name;
  int64_t layer_norm, slots;
};

TEST(Table, ParameterCountsAreThePublishedOnes) {
  const CountCase cases[] = {{"vit_tiny_patch16_224", 5717416, 25},
                             {"vit_small_patch16_224", 22050664, 25},
                             {"vit_base_patch16_224", 86567656, 25},
                             {"vit_large_patch16_224", 304326632, 49},
                             {"vit_huge_patch14_224", 632045800, 65}};
  for (const CountCase& c : cases) {
    const ModelRow& row = core::find_row(model_table(), c.name, "model");
    EXPECT_EQ(parameter_count(row), c.layer_norm) << c.name;
    EXPECT_EQ(parameter_count(row, "dyt"), c.layer_norm + c.slots) << c.name;
    EXPECT_EQ(parameter_count(row, "derf"), c.layer_norm + 2 * c.slots) << c.name;
  }
  ModelRow base = core::find_row(model_table(), "vit_base_patch16_224", "model");
  base.config.vit().global_pool = "token";
  EXPECT_EQ(parameter_count(base), 86567656);
  base.config.vit().init_values = 1e-5;
  EXPECT_EQ(parameter_count(base), 86586088) << "2 D depth more with layer scale";
  EXPECT_EQ(parameter_count(*initialized(digits_config(), 0)), 202186);
}

TEST(Table, RowsAreConsistent) {
  for (const ModelRow& row : model_table()) {
    EXPECT_EQ(row.config.name, row.name);
    EXPECT_GT(parameter_count(row, "none"), 0);
  }
}

// MAE's fine-tuning code: the rate of ViT-B at 0.65 begins with 0.65^13, of ViT-L at 0.75 with
// 0.75^25. ConvNeXt's: levels 0 to 13.
TEST(Table, LayerwiseDecayCountsTheBlocksAbove) {
  const ModelConfig& base = find_model("vit_base_patch16_224");
  EXPECT_NEAR(std::pow(0.65, layers_above(base, "pos_embed")), 0.00369721, 1e-8);
  EXPECT_EQ(layers_above(base, "patch_embed.proj.weight"), 13);
  EXPECT_EQ(layers_above(base, "blocks.0.attn.qkv.weight"), 12);
  EXPECT_EQ(layers_above(base, "blocks.11.norm1.alpha"), 1);
  EXPECT_EQ(layers_above(base, "fc_norm.weight"), 0);
  EXPECT_NEAR(std::pow(0.75, layers_above(find_model("vit_large_patch16_224"), "cls_token")),
              0.000752543, 1e-9);
  const ModelConfig& convnext = find_model("convnext_base");
  const auto level = [&](const char* name) { return 13 - layers_above(convnext, name); };
  EXPECT_EQ(level("stem.0.weight"), 0);
  EXPECT_EQ(level("stages.0.blocks.2.gamma"), 1);
  EXPECT_EQ(level("stages.1.downsample.1.weight"), 2);
  EXPECT_EQ(level("stages.1.blocks.0.conv_dw.weight"), 2);
  EXPECT_EQ(level("stages.2.downsample.0.alpha"), 3);
  EXPECT_EQ(level("stages.2.blocks.2.mlp.fc1.weight"), 3);
  EXPECT_EQ(level("stages.2.blocks.3.mlp.fc1.weight"), 4);
  EXPECT_EQ(level("stages.2.blocks.26.norm.weight"), 11);
  EXPECT_EQ(level("stages.3.downsample.1.bias"), 12);
  EXPECT_EQ(level("stages.3.blocks.2.norm.weight"), 12);
  EXPECT_EQ(level("head.norm.weight"), 13);
  EXPECT_EQ(level("head.fc.weight"), 13);
  expect_error(core::ErrorKind::kUsage, "optim.layer_decay",
               [] { layers_above(find_model("resnet50"), "conv1.weight"); });
}

TEST(VitConfig, ValidateNamesTheKey) {
  const auto usage = core::ErrorKind::kUsage;
  const auto expect_misfit = [&](const std::string& part,
                                 const std::function<void(VitConfig&)>& edit) {
    VitConfig config = digits_config();
    edit(config);
    expect_error(usage, part, [&] { config.validate(); });
    expect_error(usage, part, [&] { VisionTransformer{config}; });
  };
  expect_misfit("model.patch_size", [](VitConfig& c) { c.patch_size = 3; });
  expect_misfit("a number that divides 8", [](VitConfig& c) { c.patch_size = 16; });
  expect_misfit("model.num_heads", [](VitConfig& c) { c.num_heads = 5; });
  expect_misfit("model.image_size", [](VitConfig& c) { c.image_size = 0; });
  expect_misfit("model.channels", [](VitConfig& c) { c.channels = 0; });
  expect_misfit("model.num_classes", [](VitConfig& c) { c.num_classes = 0; });
  expect_misfit("model.mlp_ratio", [](VitConfig& c) { c.mlp_ratio = 0.01; });
  expect_misfit("did you mean 'rms_norm'", [](VitConfig& c) { c.norm = "rmsnorm"; });
  EXPECT_NO_THROW(digits_config("dyt:alpha0=auto").validate());
}

TEST(VitConfig, FieldsRefuseWhatNoModelCanBe) {
  VitConfig config;
  const core::Fields fields = core::fields_of(config);
  core::apply_override(fields, "global_pool=token");
  EXPECT_EQ(config.global_pool, "token");
  for (const char* wrong : {"dim=0", "depth=0", "num_heads=0", "patch_size=0", "global_pool=max",
                            "drop_path=1", "dim=64.5"}) {
    EXPECT_THROW(core::apply_override(fields, wrong), core::Error) << wrong;
  }
  expect_error(core::ErrorKind::kUsage, "did you mean 'depth'",
               [&] { core::apply_override(fields, "dpth=3"); });
}

TEST(Vit, RefusesImagesOfAnotherShape) {
  const auto model = initialized(digits_config(), 0);
  expect_error(core::ErrorKind::kUsage, "images of a shape", [&] {
    model->forward(torch::zeros({2, 3, 8, 8}));
  });
}

TEST(Vit, SlotsKnowTheirSite) {
  const auto model =
      initialized(digits_config("dyt:alpha0.attention=1:alpha0.ffn=2:alpha0.final=3"), 0);
  const auto parameters = model->named_parameters();
  EXPECT_EQ(parameters["blocks.0.norm1.alpha"].item<double>(), 1);
  EXPECT_EQ(parameters["blocks.3.norm2.alpha"].item<double>(), 2);
  EXPECT_EQ(parameters["fc_norm.alpha"].item<double>(), 3);
}

TEST(Vit, QkNormAddsItsSlotsAndNothingElse) {
  VitConfig config = digits_config("dyt:alpha0.qk=4");
  const auto without = initialized(config, 0)->named_parameters();
  config.qk_norm = true;
  const auto with = initialized(config, 0)->named_parameters();
  EXPECT_EQ(with.size(), without.size() + 4 * 2 * 3) << "4 blocks, q and k, 3 parameters";
  EXPECT_EQ(with["blocks.3.attn.q_norm.weight"].sizes(), at::IntArrayRef({16})) << "dim / heads";
  EXPECT_EQ(with["blocks.0.attn.k_norm.alpha"].item<double>(), 4) << "the site is qk";
  EXPECT_EQ(with["blocks.0.norm1.alpha"].item<double>(), 0.5);
  for (const auto& item : without) {
    EXPECT_TRUE(at::equal(item.value(), with[item.key()])) << item.key();
  }
}

TEST(Vit, CalibrateReachesEverySlotInBothPoolings) {
  for (const char* pool : {"avg", "token"}) {
    VitConfig config = digits_config("dyt:alpha0=auto");
    config.global_pool = pool;
    config.qk_norm = true;
    const auto model = initialized(config, 0);
    const at::Tensor images = fill_values("x", {32, 1, 8, 8}).to(at::kFloat);
    nn::calibrate(*model, [&] { model->forward(images); });
    EXPECT_TRUE(model->forward(images).isfinite().all().item<bool>()) << pool;
    int64_t slots = 0;
    for (const auto& item : model->named_parameters()) {
      if (item.key().ends_with("alpha")) {
        ++slots;
        EXPECT_GT(item.value().item<double>(), 0.05) << item.key();
        EXPECT_LT(item.value().item<double>(), 20) << item.key();
      }
    }
    EXPECT_EQ(slots, 9 + 4 * 2);
  }
}

TEST(Vit, FeaturesAreWhatThePoolingSees) {
  for (const char* pool : {"avg", "token"}) {
    VitConfig config = digits_config();
    config.global_pool = pool;
    const auto model = std::make_shared<VisionTransformer>(config, at::kDouble);
    fill_module(*model, 0.3);
    const auto p = model->named_parameters();
    const at::Tensor images = fill_values("x", {2, 1, 8, 8});
    const at::Tensor features = model->forward_features(images);
    ASSERT_EQ(features.sizes(), at::IntArrayRef({2, 17, 64}));
    const at::Tensor pooled = config.global_pool == "token"
                                  ? features.select(1, 0)
                                  : at::layer_norm(features.slice(1, 1).mean(1), {64},
                                                   p["fc_norm.weight"], p["fc_norm.bias"], 1e-6);
    const at::Tensor logits = at::linear(pooled, p["head.weight"], p["head.bias"]);
    EXPECT_LT((logits - model->forward(images)).abs().max().item<double>(), 1e-12) << pool;
  }
}

TEST(Vit, DropPathRatesRiseOverTheBlocks) {
  VitConfig config = digits_config();
  config.drop_path = 0.3;
  const auto model = initialized(config, 0);
  for (const auto& item : model->named_modules()) {
    if (const auto* drop = dynamic_cast<const nn::DropPath*>(item.value().get())) {
      const int64_t block = item.key()[7] - '0';
      EXPECT_DOUBLE_EQ(drop->rate(), 0.1 * static_cast<double>(block)) << item.key();
    }
  }
}

TEST(Initialize, DistributionsOfEveryParameter) {
  VitConfig config = digits_config();
  config.dim = 128;
  config.init_values = 0.25;
  const auto model =
      initialized(config, 3, {.linear_std = 0.1, .position_std = 0.4, .class_token_std = 2});
  const auto p = model->named_parameters();
  const auto std_of = [&](const char* name) { return p[name].std(false).item<double>(); };
  EXPECT_NEAR(std_of("blocks.0.attn.qkv.weight"), 0.1, 0.002);
  EXPECT_NEAR(std_of("blocks.3.mlp.fc2.weight"), 0.1, 0.002);
  EXPECT_NEAR(std_of("head.weight"), 0.1, 0.01);
  EXPECT_NEAR(std_of("pos_embed"), 0.4, 0.03);
  EXPECT_NEAR(std_of("cls_token"), 2, 0.5);
  const double bound = 0.5;  // 1/sqrt(1 * 2 * 2)
  for (const char* name : {"patch_embed.proj.weight", "patch_embed.proj.bias"}) {
    EXPECT_LE(p[name].abs().max().item<double>(), bound) << name;
    EXPECT_NEAR(std_of(name), bound / std::sqrt(3.0), 0.06) << name;
  }
  for (const char* name : {"blocks.1.attn.qkv.bias", "blocks.1.mlp.fc1.bias", "head.bias",
                           "blocks.1.norm1.bias", "fc_norm.bias"}) {
    EXPECT_EQ(p[name].abs().max().item<double>(), 0) << name;
  }
  EXPECT_TRUE(at::equal(p["blocks.1.norm1.weight"], torch::ones({128})));
  EXPECT_TRUE(at::equal(p["blocks.1.ls2.gamma"], torch::full({128}, 0.25)));
}

TEST(Initialize, TruncatesAtTwo) {
  const auto model = initialized(digits_config(), 0, {.linear_std = 2, .position_std = 2});
  EXPECT_LE(model->named_parameters()["head.weight"].abs().max().item<double>(), 2);
  EXPECT_LE(model->named_parameters()["pos_embed"].abs().max().item<double>(), 2);
}

TEST(Initialize, StreamsGoBySeedAndName) {
  const auto base = initialized(digits_config(), 0)->named_parameters();
  const auto other_seed = initialized(digits_config(), 1)->named_parameters();
  VitConfig deeper_config = digits_config("dyt");
  deeper_config.depth = 6;
  const auto deeper = initialized(deeper_config, 0)->named_parameters();
  for (const auto& item : base) {
    if (item.key().find("norm") == std::string::npos) {
      EXPECT_TRUE(at::equal(item.value(), deeper[item.key()]))
          << item.key() << " depends on what it should not";
    }
  }
  for (const char* name : {"head.weight", "pos_embed", "cls_token", "patch_embed.proj.bias"}) {
    EXPECT_FALSE(at::equal(base[name], other_seed[name])) << name;
  }
  EXPECT_FALSE(at::equal(base["blocks.0.attn.qkv.weight"], base["blocks.1.attn.qkv.weight"]));
}

TEST(Initialize, DoubleModelHasTheSameDraws) {
  const auto wide = std::make_shared<VisionTransformer>(digits_config(), at::kDouble);
  initialize(*wide, {}, 0);
  const auto narrow = initialized(digits_config(), 0);
  EXPECT_TRUE(at::equal(wide->named_parameters()["head.weight"].to(at::kFloat),
                        narrow->named_parameters()["head.weight"]));
}

TEST(Positions, RefusesWhatIsNoTable) {
  const auto usage = core::ErrorKind::kUsage;
  expect_error(usage, "cannot be resampled", [] {
    resample_positions(torch::zeros({1, 16, 4}), 6);
  });
  expect_error(usage, "cannot be resampled", [] { resample_positions(torch::zeros({17, 4}), 6); });
  expect_error(usage, "cannot be resampled", [] {
    resample_positions(torch::zeros({1, 17, 4}), 0);
  });
}

}  // namespace
}  // namespace dyt::models
