// SPDX-License-Identifier: Apache-2.0
// ConvNeXt against timm 1.0.15: outputs for a deterministic fill as printed numbers (tolerance: the
// larger of 1e-9 and half a unit of the last printed digit), parameter counts, names, folding.
#include "dyt/models/convnext.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/core/lookup.h"
#include "dyt/models/table.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

constexpr double kConvNeXtTolerance = 1e-9;

ConvNextConfig tiny(const std::string& norm) {
  return {.image_size = 64,
          .channels = 3,
          .num_classes = 5,
          .depths = {1, 1, 2, 1},
          .dims = {8, 16, 24, 32},
          .patch_size = 4,
          .norm = norm};
}

at::Tensor filled_logits(const ConvNextConfig& config, double amplitude, int64_t batch) {
  const auto model = std::make_shared<ConvNext>(config, at::kDouble);
  model->eval();
  fill_module(*model, amplitude);
  const at::NoGradGuard no_grad;
  return model->forward(
      fill_values("x", {batch, config.channels, config.image_size, config.image_size}));
}

TEST(ConvNext, TinyConformance) {
  const std::pair<std::string, std::vector<double>> cases[] = {
      {"layer_norm",
       {1.0482896607, 0.2634569420, 2.1155072235, -0.4975890944, 0.6315738055,  //
        -0.1045922647, -0.6288259373, 1.6777930903, -0.1134739668, -0.3764438758}},
      {"dyt",
       {0.5884657867, -0.3520708834, 0.3700336866, 0.0761054855, -0.1549982420,  //
        0.5718124044, -0.3725764592, 0.3694414025, 0.0771422088, -0.1691850467}},
  };
  for (const auto& [norm, expected] : cases) {
    const at::Tensor logits = filled_logits(tiny(norm), 0.3, 2);
    ASSERT_EQ(logits.sizes(), at::IntArrayRef({2, 5}));
    for (int i = 0; i < 10; ++i) {
      EXPECT_NEAR(logits.flatten()[i].item<double>(), expected[i], kConvNeXtTolerance)
          << norm << " " << i;
    }
  }
}

struct FullConvNeXt {
  std::string norm;
  double sum;
  std::vector<double> first;
  double last;
};

class ConvNextBase : public ::testing::TestWithParam<FullConvNeXt> {};

TEST_P(ConvNextBase, Conformance) {
  const FullConvNeXt& c = GetParam();
  ModelConfig row = find_model("convnext_base");
  row.channels() = 3;
  row.num_classes() = 1000;
  row.norm() = c.norm;
  const at::Tensor logits = filled_logits(row.convnext(), 0.05, 1)[0];
  EXPECT_NEAR(logits.sum().item<double>(), c.sum, kConvNeXtTolerance);
  for (size_t i = 0; i < c.first.size(); ++i) {
    EXPECT_NEAR(logits[static_cast<int64_t>(i)].item<double>(), c.first[i], kConvNeXtTolerance);
  }
  EXPECT_NEAR(logits[-1].item<double>(), c.last, kConvNeXtTolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Norms, ConvNextBase,
    ::testing::Values(FullConvNeXt{"layer_norm",
                                   18.1871530878,
                                   {0.4873024663, -0.3677683271, -0.6836349117},
                                   -1.6148237906},
                      FullConvNeXt{"dyt",
                                   0.2432364904,
                                   {0.0097435328, -0.0703635678, -0.0099103388},
                                   0.0597411194}),
    [](const auto& info) { return info.param.norm; });

TEST(ConvNext, ParameterCountsAreThePublishedOnes) {
  struct Count {
    const char* name;
    int64_t layer_norm, slots;
  };
  const Count counts[] = {
      {"convnext_tiny", 28589128, 23},    {"convnext_small", 50223688, 41},
      {"convnext_base", 88591464, 41},    {"convnext_large", 197767336, 41},
      {"convnext_xlarge", 350196968, 41},
  };
  for (const Count& c : counts) {
    const ModelRow& row = core::find_row(model_table(), c.name, "model");
    EXPECT_EQ(parameter_count(row, "layer_norm"), c.layer_norm) << c.name;
    EXPECT_EQ(parameter_count(row, "dyt"), c.layer_norm + c.slots) << c.name;
  }
}

TEST(ConvNext, NamesAreTimms) {
  const ConvNext model(tiny("dyt"));
  std::vector<std::string> names;
  for (const auto& item : model.named_parameters()) {
    names.push_back(item.key());
  }
  const std::vector<std::string> first = {"stem.0.weight", "stem.0.bias", "stem.1.alpha",
                                          "stem.1.weight", "stem.1.bias"};
  EXPECT_TRUE(std::equal(first.begin(), first.end(), names.begin()));
  for (const char* name : {"stages.0.blocks.0.gamma", "stages.0.blocks.0.conv_dw.weight",
                           "stages.0.blocks.0.norm.alpha", "stages.0.blocks.0.mlp.fc1.weight",
                           "stages.1.downsample.0.weight", "stages.1.downsample.1.bias",
                           "stages.2.blocks.1.mlp.fc2.bias", "head.norm.alpha", "head.fc.weight"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
  EXPECT_EQ(std::find(names.begin(), names.end(), "stages.0.downsample.0.weight"), names.end());
}

TEST(ConvNext, DropPathRisesOverAllStages) {
  ConvNextConfig config = tiny("dyt");  // 5 blocks
  config.drop_path = 0.4;
  const ConvNext model(config);
  std::vector<double> rates;
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    if (const auto* drop_path = dynamic_cast<const nn::DropPath*>(item.value().get())) {
      rates.push_back(drop_path->rate());
    }
  }
  ASSERT_EQ(rates.size(), 5u);
  for (size_t block = 0; block < rates.size(); ++block) {
    EXPECT_NEAR(rates[block], 0.1 * static_cast<double>(block), 1e-12);
  }
}

TEST(ConvNext, FoldingKeepsTheLogits) {
  for (const std::string norm : {"dyt", "derf", "layer_norm", "rms_norm"}) {
    const auto model = std::make_shared<ConvNext>(tiny(norm), at::kDouble);
    model->eval();
    fill_module(*model, 0.3);
    const at::NoGradGuard no_grad;
    const at::Tensor x = fill_values("x", {2, 3, 64, 64});
    const at::Tensor before = model->forward(x);
    model->fold();
    model->fold();
    EXPECT_LE((model->forward(x) - before).abs().max().item<double>(),
              1e-12 * before.abs().max().item<double>())
        << norm;
    EXPECT_FALSE(model->named_parameters().contains("head.norm.weight")) << norm;
  }
}

TEST(ConvNext, StartValuesFollowTheNames) {
  ConvNextConfig config = tiny("dyt");
  ConvNext one(config), deeper([&] {
    config.depths = {1, 1, 3, 1};
    return config;
  }());
  initialize(one, {.head_scale = 0.5}, 7);
  initialize(deeper, {}, 7);
  const auto a = one.named_parameters(), b = deeper.named_parameters();
  EXPECT_TRUE(
      at::equal(a["stages.2.blocks.1.mlp.fc1.weight"], b["stages.2.blocks.1.mlp.fc1.weight"]));
  EXPECT_TRUE(at::equal(a["head.fc.weight"], b["head.fc.weight"] * 0.5));
  EXPECT_NEAR(a["stages.3.blocks.0.mlp.fc1.weight"].std().item<double>(), 0.02, 0.001);
  EXPECT_EQ(a["stages.0.blocks.0.gamma"].max().item<float>(), 1e-6F);
  EXPECT_EQ(a["stem.0.bias"].abs().max().item<float>(), 0);
}

TEST(ConvNext, WhatDoesNotFit) {
  ConvNextConfig config = tiny("dyt");
  config.dims.pop_back();
  expect_error(core::ErrorKind::kUsage, "model.dims", [&] { config.validate(); });
  config = tiny("dyt");
  config.image_size = 16;
  expect_error(core::ErrorKind::kUsage, "at least patch_size * 2^(stages - 1) = 32",
               [&] { config.validate(); });
  config = tiny("dyt");
  config.kernel_size = 4;
  expect_error(core::ErrorKind::kUsage, "model.kernel_size", [&] { config.validate(); });
}

}  // namespace
}  // namespace dyt::models
