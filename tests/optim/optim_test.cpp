// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <map>

#include "dyt/optim/adamw.h"
#include "dyt/optim/gradients.h"
#include "dyt/optim/momentum.h"
#include "dyt/optim/schedule.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

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

// 300 epochs of 312 steps with 20 of warm-up, as the released supervised code prepares them.
TEST(Schedule, ArrayIsTheSupervisedRecipes) {
  const OptimConfig config{
      .lr = 4e-3, .lr_min = 1e-6, .schedule = "cosine_array", .warmup = 20.0 / 300};
  const int64_t steps = 93600;
  EXPECT_EQ(learning_rate(config, 0, steps), 0);
  EXPECT_NEAR(learning_rate(config, 1, steps), 6.41128e-7, 1e-12);
  EXPECT_DOUBLE_EQ(learning_rate(config, 6239, steps), 4e-3);
  EXPECT_DOUBLE_EQ(learning_rate(config, 6240, steps), 4e-3);
  EXPECT_NEAR(learning_rate(config, 50000, steps), 1.994747614e-3, 1e-12);
  EXPECT_EQ(learning_rate({.lr = 1.0, .schedule = "cosine_array", .warmup = 0.1}, 0, 10), 0);
}

// MAE's rate by the fractional epoch: base 2.4e-3, 40 of 800 epochs of warm-up, here of 10 steps.
TEST(Schedule, EpochIsMaes) {
  const OptimConfig config{
      .lr = 2.4e-3, .lr_min = 0, .schedule = "cosine_epoch", .warmup = 40.0 / 800};
  EXPECT_EQ(learning_rate(config, 0, 8000), 0);
  EXPECT_DOUBLE_EQ(learning_rate(config, 5, 8000), 3e-5);
  EXPECT_DOUBLE_EQ(learning_rate(config, 4200, 8000), 1.2e-3);
}

TEST(Schedule, ConstantAndStep) {
  EXPECT_EQ(learning_rate({.lr = 0.1, .schedule = "constant", .warmup = 0}, 89, 90), 0.1);
  const OptimConfig step{.lr = 0.1, .schedule = "step", .warmup = 0};
  EXPECT_DOUBLE_EQ(learning_rate(step, 29, 90), 0.1);
  EXPECT_DOUBLE_EQ(learning_rate(step, 30, 90), 0.01);
  EXPECT_DOUBLE_EQ(learning_rate(step, 89, 90), 0.001);
}

// 100 epochs of 5 steps: epoch e has 0.001 * (1 + cos(pi e / 100)) / 2 throughout.
TEST(Schedule, CosineStairsAreFlatWithinAnEpoch) {
  const OptimConfig stairs{
      .lr = 0.001, .lr_min = 0, .schedule = "cosine_stairs", .warmup = 0, .sections = 100};
  EXPECT_EQ(learning_rate(stairs, 4, 500), 0.001);
  EXPECT_DOUBLE_EQ(learning_rate(stairs, 250, 500), 0.0005);
  EXPECT_EQ(learning_rate(stairs, 254, 500), learning_rate(stairs, 250, 500));
  EXPECT_NEAR(learning_rate(stairs, 499, 500), 2.467198171342e-7, 1e-15);
}

TEST(WeightDecay, ActsOnWhatTheRecipeSays) {
  EXPECT_TRUE(takes_weight_decay({.decays = "tokens"}, "cls_token", 3));
  EXPECT_FALSE(takes_weight_decay({.decays = "tokens"}, "norm.weight", 1));
  EXPECT_TRUE(takes_weight_decay({.decays = "all"}, "bn1.weight", 1));
}

TEST(WeightDecay, ActsOnMatricesOnly) {
  EXPECT_TRUE(takes_weight_decay({}, "blocks.0.attn.qkv.weight", 2));
  EXPECT_TRUE(takes_weight_decay({}, "patch_embed.proj.weight", 4));
  EXPECT_FALSE(takes_weight_decay({}, "blocks.0.attn.qkv.bias", 1));
  EXPECT_FALSE(takes_weight_decay({}, "blocks.0.norm1.alpha", 1));
  EXPECT_FALSE(takes_weight_decay({}, "pos_embed", 3));
  EXPECT_FALSE(takes_weight_decay({}, "cls_token", 3));
}

TEST(WeightDecay, ByShapeActsOnTokensAndTablesToo) {
  EXPECT_TRUE(takes_weight_decay({.decays = "tokens"}, "backbone.pos_embed", 3));
  EXPECT_TRUE(takes_weight_decay({.decays = "tokens"}, "cls_token", 3));
  EXPECT_TRUE(takes_weight_decay({.decays = "tokens"}, "head.last_layer.weight_v", 2));
  EXPECT_FALSE(takes_weight_decay({.decays = "tokens"}, "blocks.0.norm1.alpha", 1));
  EXPECT_FALSE(takes_weight_decay({.decays = "tokens"}, "head.mlp.0.bias", 1));
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

TEST(Sgd, EqualsTheFrameworksOwn) {
  at::Tensor ours = start_value().requires_grad_();
  at::Tensor theirs = start_value().requires_grad_();
  Momentum optimizer({{"w", ours}}, {.name = "sgd", .momentum = 0.9, .weight_decay = 1e-4});
  torch::optim::SGD reference({theirs},
                              torch::optim::SGDOptions(0.01).momentum(0.9).weight_decay(1e-4));
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

at::Tensor filled(const std::string& name, at::IntArrayRef shape) {
  return testing::fill_values(name, shape);
}

// Numbers of the released MAE code.
TEST(Lars, Conformance) {
  at::Tensor p = filled("p", {3, 4}).requires_grad_();
  at::Tensor b = filled("b", {3}).requires_grad_();
  Momentum optimizer({{"p", p}, {"b", b}}, {.name = "lars", .momentum = 0.9, .weight_decay = 0});
  for (const char* number : {"0", "1"}) {
    p.mutable_grad() = filled(std::string("g") + number, {3, 4});
    b.mutable_grad() = filled(std::string("h") + number, {3});
    optimizer.step(6.4);
  }
  EXPECT_NEAR(p.sum().item<double>(), -1.5379142914, 1e-9);
  EXPECT_NEAR(p.flatten()[0].item<double>(), -0.2979791142, 1e-9);
  EXPECT_NEAR(p.flatten()[1].item<double>(), 0.1128326990, 1e-9);
  EXPECT_NEAR(p.flatten()[11].item<double>(), -0.8876690661, 1e-9);
  const double expected[] = {1.8647296946, 13.2449734044, 2.8262896285};
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(b[i].item<double>(), expected[i], 1e-9);
  }
}

// Numbers of the released MAE pre-training code's optimizer.
TEST(AdamW, Conformance) {
  at::Tensor p = filled("p", {3, 4}).requires_grad_();
  AdamW optimizer({{"p", p}}, {.beta2 = 0.95, .weight_decay = 0.05});
  for (const char* name : {"g0", "g1"}) {
    p.mutable_grad() = filled(name, {3, 4});
    optimizer.step(0.01);
  }
  EXPECT_NEAR(p.sum().item<double>(), -1.5352158156, 1e-9);
  EXPECT_NEAR(p.flatten()[0].item<double>(), -0.3000584863, 1e-9);
  EXPECT_NEAR(p.flatten()[1].item<double>(), 0.1202063570, 1e-9);
  EXPECT_NEAR(p.flatten()[2].item<double>(), -0.7309018978, 1e-9);
  EXPECT_NEAR(p.flatten()[11].item<double>(), -0.8975131385, 1e-9);
}

TEST(Optimizer, RateScaleActsByName) {
  at::Tensor slow = torch::ones({2, 2}, at::kDouble).requires_grad_();
  at::Tensor fast = torch::ones({2, 2}, at::kDouble).requires_grad_();
  const auto optimizer = make_optimizer(
      {{"slow", slow}, {"fast", fast}}, {.name = "sgd", .weight_decay = 0},
      {.rate_scale = [](const std::string& name) { return name == "slow" ? 0.25 : 1.0; }});
  for (at::Tensor* parameter : {&slow, &fast}) {
    parameter->mutable_grad() = torch::ones({2, 2}, at::kDouble);
  }
  optimizer->step(0.4);
  EXPECT_DOUBLE_EQ(slow[0][0].item<double>(), 0.9);
  EXPECT_DOUBLE_EQ(fast[0][0].item<double>(), 0.6);
}

TEST(GradientClip, GloballyOrEach) {
  torch::nn::Linear linear(1, 1);
  const auto set = [&] {
    linear->weight.mutable_grad() = torch::full({1, 1}, 3.0);
    linear->bias.mutable_grad() = torch::full({1}, 4.0);
  };
  set();
  clip_gradients(*linear, {.clip_norm = 1});
  EXPECT_NEAR(linear->weight.grad().item<double>(), 0.6, 1e-6);
  set();
  clip_gradients(*linear, {.clip_norm = 1, .clip_each = true});
  EXPECT_NEAR(linear->weight.grad().item<double>(), 1, 1e-6);
  EXPECT_NEAR(linear->bias.grad().item<double>(), 1, 1e-6);
  set();
  clip_gradients(*linear, {});
  EXPECT_EQ(linear->bias.grad().item<double>(), 4);
}

TEST(AdamW, OneDimensionalParametersDoNotDecay) {
  at::Tensor bias = torch::ones({3}, at::kDouble).requires_grad_();
  AdamW optimizer({{"b", bias}}, {.weight_decay = 10});
  bias.mutable_grad() = torch::zeros({3}, at::kDouble);
  optimizer.step(0.1);
  EXPECT_TRUE(torch::equal(bias.detach(), torch::ones({3}, at::kDouble)));
}

TEST(AdamW, SkipsMissingGradientsAsTheFrameworkDoes) {
  // The second parameter has a gradient in every other step only: its moments and its count stand
  // still in between.
  const OptimConfig config{.weight_decay = 0.05};
  std::vector<at::Tensor> ours, theirs;
  for (int i = 0; i < 2; ++i) {
    ours.push_back(start_value().requires_grad_());
    theirs.push_back(start_value().requires_grad_());
  }
  AdamW optimizer({{"a", ours[0]}, {"b", ours[1]}}, config, {.skip_missing_gradients = true});
  torch::optim::AdamW reference(
      theirs, torch::optim::AdamWOptions(0.01).betas({0.9, 0.999}).eps(1e-8).weight_decay(0.05));
  for (int step = 0; step < 7; ++step) {
    optimizer.zero_grad();
    for (std::vector<at::Tensor>* set : {&ours, &theirs}) {
      for (at::Tensor& parameter : *set) {
        parameter.mutable_grad() = at::Tensor();
      }
      (*set)[0].pow(3).sum().backward();
      if (step % 2 == 1) {
        ((*set)[1].pow(3) * (step + 1)).sum().backward();
      }
    }
    optimizer.step(0.01);
    reference.step();
  }
  for (int i = 0; i < 2; ++i) {
    EXPECT_LT((ours[i] - theirs[i]).abs().max().item<double>(), 1e-14) << i;
  }
  std::map<std::string, at::Tensor> state;
  for (const NamedTensor& item : optimizer.state()) {
    state[item.name] = item.tensor;
  }
  EXPECT_EQ(state.at("step.a").item<float>(), 7);
  EXPECT_EQ(state.at("step.b").item<float>(), 3);
  EXPECT_FALSE(state.contains("step"));
}

TEST(AdamW, DecayByRuleAndByStep) {
  at::Tensor token = torch::ones({1, 1, 3}, at::kDouble).requires_grad_();
  AdamW optimizer({{"cls_token", token}}, {.weight_decay = 10, .decays = "tokens"});
  token.mutable_grad() = torch::zeros({1, 1, 3}, at::kDouble);
  optimizer.set_weight_decay(0.5);
  optimizer.step(0.1);
  EXPECT_NEAR(token.detach().mean().item<double>(), 1 - 0.1 * 0.5, 1e-12);
}

TEST(AdamW, AMissingGradientIsNamed) {
  at::Tensor weight = start_value().requires_grad_();
  AdamW optimizer({{"head.weight", weight}}, {});
  testing::expect_error(core::ErrorKind::kInternal, "'head.weight' has no gradient",
                        [&] { optimizer.step(0.1); });
}

}  // namespace
}  // namespace dyt::optim
