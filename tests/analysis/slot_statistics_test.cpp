// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/slot_statistics.h"

#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <cmath>

#include "dyt/nn/norm.h"

namespace dyt::analysis {
namespace {

// Two point-wise slots one after the other, and a norm that has no alpha.
struct TwoSlots final : torch::nn::Module {
  TwoSlots() {
    first = register_module(
        "first", nn::make_norm(nn::parse_norm_spec("dyt:alpha0=1"), 4, nn::Site::kAttention));
    norm =
        register_module("norm", nn::make_norm(nn::parse_norm_spec("layer_norm"), 4, nn::Site::kQk));
    second = register_module(
        "second", nn::make_norm(nn::parse_norm_spec("derf:alpha0=4"), 4, nn::Site::kFfn));
  }
  at::Tensor forward(const at::Tensor& x) {
    return second->forward(norm->forward(first->forward(x)));
  }

  std::shared_ptr<nn::Norm> first, norm, second;
};

TEST(SlotRecorder, CountsTheShareOfLargeArguments) {
  const auto module = std::make_shared<TwoSlots>();
  const at::Tensor small = torch::zeros({3, 4});
  at::Tensor large = torch::full({1, 4}, -2.5);
  large.index_put_({0, 0}, 2.0);  // |alpha * x| = 2 is not above the limit
  const SlotRecorder recorder(*module);
  module->forward(small);
  module->forward(large);
  const std::vector<SlotStatistics> slots = recorder.statistics();
  ASSERT_EQ(slots.size(), 3u);
  EXPECT_EQ(slots[0].name, "first");
  EXPECT_EQ(slots[0].site, "attention");
  EXPECT_EQ(slots[0].kind, "dyt");
  EXPECT_EQ(slots[0].alpha, 1);
  EXPECT_DOUBLE_EQ(*slots[0].saturated, 3.0 / 16);
  EXPECT_EQ(slots[0].input_max, 2.5);
  // 16 elements: twelve 0, three -2.5, one 2.
  const double mean = -5.5 / 16;
  EXPECT_DOUBLE_EQ(slots[0].input_std, std::sqrt((3 * 6.25 + 4) / 16 - mean * mean));
  EXPECT_EQ(slots[1].kind, "layer_norm");
  EXPECT_FALSE(slots[1].alpha || slots[1].saturated) << "a norm has neither";
  EXPECT_EQ(slots[2].site, "ffn");
}

TEST(SlotRecorder, LeavesNoObserverBehind) {
  const auto module = std::make_shared<TwoSlots>();
  { const SlotRecorder recorder(*module); }
  module->forward(torch::ones({1, 4}));  // would reach a dead recorder
  EXPECT_EQ(*SlotRecorder(*module).statistics()[0].saturated, 0) << "nothing seen";
}

TEST(SlotRecorder, ANumberThatIsNotFiniteShowsInTheSpread) {
  const auto module = std::make_shared<TwoSlots>();
  const SlotRecorder recorder(*module);
  module->forward(torch::full({1, 4}, std::nan("")));
  EXPECT_TRUE(std::isnan(recorder.statistics()[0].input_std));
}

TEST(SaturationLevel, HasItsBorders) {
  EXPECT_EQ(saturation_level(0.29), "ok");
  EXPECT_EQ(saturation_level(kSaturationWarning), "warning");
  EXPECT_EQ(saturation_level(kSaturationAlarm), "alarm");
}

}  // namespace
}  // namespace dyt::analysis
