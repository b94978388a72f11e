// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/norm_map.h"

#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <algorithm>
#include <cmath>

#include "dyt/nn/norm.h"

namespace dyt::analysis {
namespace {

struct ThreeSlots final : torch::nn::Module {
  explicit ThreeSlots(const std::string& kind) {
    const auto slot = [&](const char* name, const std::string& spec) {
      return register_module(name,
                             nn::make_norm(nn::parse_norm_spec(spec), 8, nn::Site::kAttention));
    };
    norm = slot("norm", kind);
    dyt = slot("dyt", "dyt");
    last = slot("last", kind);
  }
  at::Tensor forward(const at::Tensor& x) { return last->forward(dyt->forward(norm->forward(x))); }

  std::shared_ptr<nn::Norm> norm, dyt, last;
};

at::Tensor tokens_of_different_spread() {  // (2, 5, 8)
  at::Tensor x = torch::empty({2, 5, 8});
  for (int64_t i = 0; i < x.numel(); ++i) {
    const auto token = static_cast<double>(i / 8);
    x.view(-1)[i] = std::sin(1.7 * static_cast<double>(i)) * (1 + token);
  }
  return x;
}

TEST(NormMaps, AreOutputBeforeTheAffineAgainstInput) {
  for (const std::string kind : {"layer_norm", "rms_norm"}) {
    const auto module = std::make_shared<ThreeSlots>(kind);
    const at::Tensor x = tokens_of_different_spread();
    const at::Tensor expected = module->norm->forward(x);  // weight 1, bias 0
    const at::NoGradGuard no_grad;
    module->norm->named_parameters()["weight"].fill_(7);  // must not show
    const std::vector<NormMap> maps = measure_norm_maps(*module, [&] { module->forward(x); });
    ASSERT_EQ(maps.size(), 2u) << "the point-wise slot has no map";
    EXPECT_EQ(maps[0].name, "norm");
    EXPECT_EQ(maps[0].kind, kind);
    EXPECT_EQ(maps[1].number, 2);
    EXPECT_EQ(maps[0].elements, 80);
    ASSERT_EQ(maps[0].sample.x.size(), 80u) << "few elements: all of them";
    for (int64_t i = 0; i < 80; ++i) {
      EXPECT_NEAR(maps[0].sample.x[i], x.view(-1)[i].item<double>(), 1e-6);
      EXPECT_NEAR(maps[0].sample.y[i], expected.view(-1)[i].item<double>(), 1e-5);
    }
  }
}

TEST(NormMaps, ShowTokensBySpreadAndTheExtremeChannels) {
  const auto module = std::make_shared<ThreeSlots>("layer_norm");
  at::Tensor x = tokens_of_different_spread();
  x[1][2][6] = 1000;
  const NormMap map = measure_norm_maps(*module, [&] { module->forward(x); })[0];
  ASSERT_EQ(map.tokens.size(), 8u);
  for (size_t i = 1; i < map.tokens.size(); ++i) {
    EXPECT_GE(map.tokens[i].std, map.tokens[i - 1].std);
  }
  EXPECT_EQ(map.tokens.front().std, map.token_std_min);
  EXPECT_EQ(map.tokens.back().number, 7);
  EXPECT_EQ(map.tokens.back().std, map.token_std_max);
  ASSERT_EQ(map.channels.size(), 7u);
  EXPECT_EQ(map.channels[0].number, 6);
  EXPECT_TRUE(map.channels[0].extreme);
  EXPECT_FALSE(map.channels[3].extreme);
  EXPECT_NE(std::find(map.channels[0].x.begin(), map.channels[0].x.end(), 1000),
            map.channels[0].x.end());
}

TEST(NormMaps, WithinATokenTheNormIsALine) {
  const auto module = std::make_shared<ThreeSlots>("layer_norm");
  const at::Tensor one = tokens_of_different_spread().slice(0, 0, 1).slice(1, 2, 3);
  const NormMap map = measure_norm_maps(*module, [&] { module->forward(one); })[0];
  EXPECT_NEAR(map.line.r2, 1, 1e-9);
  EXPECT_NEAR(map.line.slope, 1 / map.token_std_median, 1e-5);
}

TEST(NormMaps, OfANetworkWithoutNorms) {
  const auto module = std::make_shared<ThreeSlots>("none");
  EXPECT_TRUE(measure_norm_maps(*module, [] { FAIL() << "nothing to look at"; }).empty());
}

TEST(ChosenNorms, AreThePapersForTwentyFive) {
  EXPECT_EQ(chosen_norms(25), (std::vector<int64_t>{5, 15, 20, 25}));
  EXPECT_EQ(chosen_norms(9), (std::vector<int64_t>{2, 5, 7, 9}));
  EXPECT_EQ(chosen_norms(1), (std::vector<int64_t>{1}));
  EXPECT_TRUE(chosen_norms(0).empty());
}

}  // namespace
}  // namespace dyt::analysis
