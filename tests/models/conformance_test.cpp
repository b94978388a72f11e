// SPDX-License-Identifier: Apache-2.0
// timm 1.0.15's outputs for a deterministic fill (tests/support/fill.h), as printed numbers.
// Tolerance: the larger of 1e-9 and half a unit of the last printed digit.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/core/lookup.h"
#include "dyt/models/positions.h"
#include "dyt/models/table.h"
#include "dyt/models/vit.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::fill_module;
using testing::fill_phase;
using testing::fill_values;

constexpr double kTolerance = 1e-9;  // 10 printed digits: half a unit is 5e-11

TEST(Fill, KnownAnswers) {
  EXPECT_EQ(fill_phase("x"), 120U);
  EXPECT_EQ(fill_phase("blocks.0.attn.qkv.weight"), 29269U);
  const at::Tensor x = fill_values("x", {4});
  const double first[] = {0.3009991297, 0.9877584656, -0.4810037408, -0.6128335963};
  const at::Tensor weight = fill_values("blocks.0.attn.qkv.weight", {3});
  const double second[] = {-0.1460170560, 0.7912459057, 0.4427586715};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(x[i].item<double>(), first[i], 5e-11);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(weight[i].item<double>(), second[i], 5e-11);
  }
}

at::Tensor logits_of(const VitConfig& config, double amplitude, int64_t batch) {
  const auto model = std::make_shared<VisionTransformer>(config, at::kDouble);
  model->eval();
  fill_module(*model, amplitude);
  const at::NoGradGuard no_grad;
  return model->forward(
      fill_values("x", {batch, config.channels, config.image_size, config.image_size}));
}

struct TinyCase {
  std::string pool, norm;
  double init_values;
  std::vector<double> logits;  // row 0, row 1
  bool qk_norm = false;
};

TEST(Conformance, TinyVit) {
  const TinyCase cases[] = {
      {"token",
       "layer_norm",
       0,
       {-0.0877437436, -0.5738651081, 0.4658392121, 0.7691041949, -0.4506126195,  //
        1.2624135353, -1.2287254865, 1.0187277670, 0.5507809396, -1.3679494507}},
      {"token",
       "dyt",
       0,
       {0.0437450895, -0.1486477455, 0.3655118195, 0.2915439241, -0.3497776870,  //
        0.0083065744, -0.0973321950, 0.3350825172, 0.3254414242, -0.5921132757}},
      {"avg",
       "layer_norm",
       0,
       {-0.0299930148, -0.6604361362, 0.6797767605, 0.2266217566, 1.0435300023,  //
        -0.0340000480, 0.3876788031, 0.3587237780, -0.5146178616, 0.5962739899}},
      {"avg",
       "layer_norm",
       1,  // the fill sets gamma
       {-0.3047141522, 0.5219209601, 0.5781671046, 0.2976550128, -0.4059771581,  //
        -0.1993007710, 1.7910700832, 0.0753514670, 0.1433664981, 0.2456351408}},
      {"avg",
       "dyt",
       0,
       {-0.2660921297, -0.0790966960, 0.4081781189, 0.4403512903, 0.0972000851,  //
        -0.2929886418, 0.3252547339, 0.2439501370, 0.3910709930, 0.0701350894}},
      {"avg",
       "layer_norm",
       0,
       {-0.0912429782, -0.5236071601, 0.6294545732, 0.0670134374, 0.8558125827,  //
        0.0082960691, 0.3683536380, 0.3522898920, -0.6377725227, 0.6023150669},
       true},
      {"avg",
       "dyt",
       0,
       {-0.2725569225, -0.0859515609, 0.4088126868, 0.4320035760, 0.0921238941,  //
        -0.2957560582, 0.3233322362, 0.2425017698, 0.3925148923, 0.0868799334},
       true},
  };
  for (const TinyCase& c : cases) {
    const VitConfig config{.image_size = 32,
                           .patch_size = 8,
                           .channels = 3,
                           .num_classes = 5,
                           .dim = 24,
                           .depth = 2,
                           .num_heads = 3,
                           .global_pool = c.pool,
                           .init_values = c.init_values,
                           .qk_norm = c.qk_norm,
                           .norm = c.norm};
    const at::Tensor logits = logits_of(config, 0.3, 2);
    ASSERT_EQ(logits.sizes(), at::IntArrayRef({2, 5}));
    for (int i = 0; i < 10; ++i) {
      EXPECT_NEAR(logits.flatten()[i].item<double>(), c.logits[i], kTolerance)
          << c.pool << " " << c.norm << (c.qk_norm ? " qk_norm" : "") << " logit " << i;
    }
  }
}

struct FullCase {
  std::string pool, norm;
  double sum;
  std::vector<double> first;
  double last;
};

class VitBase16 : public ::testing::TestWithParam<FullCase> {};

TEST_P(VitBase16, Logits) {
  const FullCase& c = GetParam();
  ModelConfig row = find_model("vit_base_patch16_224");
  VitConfig& config = row.vit();
  config.channels = 3;
  config.num_classes = 1000;
  config.global_pool = c.pool;
  config.norm = c.norm;
  const at::Tensor logits = logits_of(config, 0.05, 1)[0];
  EXPECT_NEAR(logits.sum().item<double>(), c.sum, kTolerance);
  for (size_t i = 0; i < c.first.size(); ++i) {
    EXPECT_NEAR(logits[static_cast<int64_t>(i)].item<double>(), c.first[i], kTolerance);
  }
  EXPECT_NEAR(logits[-1].item<double>(), c.last, kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Conformance, VitBase16,
                         ::testing::Values(FullCase{"avg",
                                                    "layer_norm",
                                                    0.6159717016,
                                                    {-0.3389452997, 0.4870288675, -0.9074717868},
                                                    0.7506955901},
                                           FullCase{"avg",
                                                    "dyt",
                                                    -1.7276050429,
                                                    {0.0267588936, 0.0573170395, 0.1680748954},
                                                    0.1985757232},
                                           FullCase{"token",
                                                    "layer_norm",
                                                    20.8569978827,
                                                    {0.3459470663, 0.2609569741, -0.4062372685},
                                                    0.7573086953},
                                           FullCase{"token",
                                                    "dyt",
                                                    0.9161343595,
                                                    {0.0261831890, 0.1626903310, 0.2370155653},
                                                    0.1751030720}),
                         [](const auto& info) { return info.param.pool + "_" + info.param.norm; });

TEST(Conformance, PositionResampling) {
  const at::Tensor table = fill_values("pos", {1, 17, 4});
  const at::Tensor larger = resample_positions(table, 6);
  ASSERT_EQ(larger.sizes(), at::IntArrayRef({1, 37, 4}));
  // float32 on the way: half a unit of the last printed digit or 1e-6 of the value.
  const auto expect_near = [](const at::Tensor& value, double printed, double half_unit) {
    EXPECT_NEAR(value.item<double>(), printed, std::max(half_unit, 1e-6 * std::abs(printed)));
  };
  expect_near(larger.sum(), -8.36717, 5e-6);
  expect_near(larger.abs().sum(), 57.20163, 5e-6);
  expect_near(larger.flatten()[-1], 0.887394, 5e-7);
  // The same call of timm under PyTorch 2.11, printed in full.
  EXPECT_NEAR(larger.sum().item<double>(), -8.367175054270774, 1e-7);
  EXPECT_NEAR(larger.abs().sum().item<double>(), 57.20165629358962, 1e-7);
  EXPECT_NEAR(larger.flatten()[-1].item<double>(), 0.8873939514160156, 1e-9);
  EXPECT_TRUE(at::equal(larger.slice(1, 0, 1), table.slice(1, 0, 1)))
      << "the class entry is copied, not rounded";
  EXPECT_TRUE(resample_positions(table, 4).is_same(table));
}

}  // namespace
}  // namespace dyt::models
