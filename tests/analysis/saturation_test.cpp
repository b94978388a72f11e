#include "dyt/analysis/saturation.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/container/sequential.h>

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

TEST(Saturation, CountsTheShareOfLargeArguments) {
  const auto module = std::make_shared<TwoSlots>();
  const at::Tensor small = torch::zeros({3, 4});
  at::Tensor large = torch::full({1, 4}, -2.5);
  large.index_put_({0, 0}, 2.0);  // |alpha * x| = 2 is not above the limit
  const std::vector<SlotHealth> health = measure_saturation(*module, [&] {
    module->forward(small);
    module->forward(large);
  });
  ASSERT_EQ(health.size(), 2u);
  EXPECT_EQ(health[0].name, "first");
  EXPECT_EQ(health[0].site, "attention");
  EXPECT_EQ(health[0].alpha, 1);
  EXPECT_DOUBLE_EQ(health[0].saturated, 3.0 / 16);
  EXPECT_EQ(health[1].name, "second");
  EXPECT_EQ(health[1].site, "ffn");
}

TEST(Saturation, LeavesNoObserverBehind) {
  const auto module = std::make_shared<TwoSlots>();
  int calls = 0;
  measure_saturation(*module, [&] { ++calls; });
  EXPECT_EQ(calls, 1);
  module->forward(torch::ones({1, 4}));  // would reach a dead recorder
  EXPECT_EQ(measure_saturation(*module, [] {})[0].saturated, 0)
      << "nothing seen, nothing saturated";
}

}  // namespace
}  // namespace dyt::analysis
