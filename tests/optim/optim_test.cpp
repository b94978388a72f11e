#include <gtest/gtest.h>
#include <torch/optim/adamw.h>

#include "dyt/optim/adamw.h"
#include "dyt/optim/schedule.h"
#include "tests/support/expect_error.h"

namespace dyt::optim {
namespace {

TEST(Schedule, WarmsUpThenFalls) {
  const OptimConfig config{.lr = 3e-3, .lr_min = 1e-5, .warmup = 0.1};
  EXPECT_DOUBLE_EQ(learning_rate(config, 0, 880), 3e-3 / 88);
  EXPECT_DOUBLE_EQ(learning_rate(config, 87, 880), 3e-3);
  EXPECT_DOUBLE_EQ(learning_rate(config, 88, 880), 3e-3);
  EXPECT_NEAR(learning_rate(config, 88 + 396, 880), (3e-3 + 1e-5) / 2, 1e-12);
  EXPECT_GT(learning_rate(config, 879, 880), 1e-5);
  EXPECT_LT(learning_rate(config, 879, 880), 1.1e-5);
}

TEST(Schedule, EdgesOfWarmup) {
  EXPECT_DOUBLE_EQ(learning_rate({.lr = 1.0, .lr_min = 0, .warmup = 0}, 0, 10), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate({.lr = 1.0, .lr_min = 0, .warmup = 1}, 9, 10), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate({.lr = 1e-6, .lr_min = 1e-5, .warmup = 0}, 9, 10), 1e-6)
      << "a peak below the floor stays flat";
}

TEST(WeightDecay, ActsOnMatricesOnly) {
  EXPECT_TRUE(takes_weight_decay("blocks.0.attn.qkv.weight", 2));
  EXPECT_TRUE(takes_weight_decay("patch_embed.proj.weight", 4));
  EXPECT_FALSE(takes_weight_decay("blocks.0.attn.qkv.bias", 1));
  EXPECT_FALSE(takes_weight_decay("blocks.0.norm1.alpha", 1));
  EXPECT_FALSE(takes_weight_decay("pos_embed", 3));
  EXPECT_FALSE(takes_weight_decay("cls_token", 3));
}

at::Tensor start_value() { return torch::linspace(-1, 1, 12, at::kDouble).reshape({3, 4}); }

TEST(AdamW, EqualsTheFrameworksOwn) {
  const OptimConfig config{.weight_decay = 0.05};
  at::Tensor ours = start_value().requires_grad_();
  at::Tensor theirs = start_value().requires_grad_();
  AdamW optimizer({{"w", ours}}, config);
  torch::optim::AdamW reference(
      {theirs}, torch::optim::AdamWOptions(0.01).betas({0.9, 0.999}).eps(1e-8).weight_decay(0.05));
  for (int step = 0; step < 10; ++step) {
    for (at::Tensor* parameter : {&ours, &theirs}) {
      parameter->mutable_grad() = at::Tensor();
      (parameter->pow(3) * (step + 1)).sum().backward();
    }
    optimizer.step(0.01);
    reference.step();
  }
  EXPECT_LT((ours - theirs).abs().max().item<double>(), 1e-14);
}

TEST(AdamW, OneDimensionalParametersDoNotDecay) {
  at::Tensor bias = torch::ones({3}, at::kDouble).requires_grad_();
  AdamW optimizer({{"b", bias}}, {.weight_decay = 10});
  bias.mutable_grad() = torch::zeros({3}, at::kDouble);
  optimizer.step(0.1);
  EXPECT_TRUE(torch::equal(bias.detach(), torch::ones({3}, at::kDouble)));
}

TEST(AdamW, AMissingGradientIsNamed) {
  at::Tensor weight = start_value().requires_grad_();
  AdamW optimizer({{"head.weight", weight}}, {});
  testing::expect_error(core::ErrorKind::kInternal, "'head.weight' has no gradient",
                        [&] { optimizer.step(0.1); });
}

}  // namespace
}  // namespace dyt::optim
