// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/nn/attention.h"
#include "dyt/nn/block.h"
#include "dyt/nn/drop_path.h"
#include "dyt/nn/mlp.h"
#include "dyt/nn/patch_embed.h"
#include "dyt/nn/weight_norm_linear.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::nn {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(Attention, IsSoftmaxAttentionWithHeadsInOrder) {
  constexpr int64_t B = 2, N = 5, D = 12, h = 3;
  const auto attention =
      std::make_shared<Attention>(AttentionOptions{.dim = D, .num_heads = h}, at::kDouble);
  fill_module(*attention, 0.5);
  const auto p = attention->named_parameters();
  const at::Tensor x = fill_values("x", {B, N, D});
  const at::Tensor qkv = at::linear(x, p["qkv.weight"], p["qkv.bias"]);
  const auto parts = qkv.split(D, -1);
  std::vector<at::Tensor> heads;
  for (int64_t head = 0; head < h; ++head) {
    const auto of = [&](int part) { return parts[part].narrow(-1, head * D / h, D / h); };
    const at::Tensor scores = at::matmul(of(0), of(1).transpose(1, 2)) / std::sqrt(4.0);
    heads.push_back(at::matmul(scores.softmax(-1), of(2)));
  }
  const at::Tensor y = at::linear(at::cat(heads, -1), p["proj.weight"], p["proj.bias"]);
  EXPECT_LT(largest_difference(attention->forward(x), y), 1e-14);
  EXPECT_TRUE(at::equal(attention->forward(x), attention->forward(x)));
  expect_error(core::ErrorKind::kUsage, "divides 12",
               [] { Attention({.dim = 12, .num_heads = 5}); });
}

TEST(Attention, QkNormActsOnQueriesAndKeysOfEachHead) {
  constexpr int64_t B = 2, N = 5, D = 12, h = 3;
  const AttentionOptions with{.dim = D, .num_heads = h, .qk_norm = parse_norm_spec("dyt")};
  const auto attention = std::make_shared<Attention>(with, at::kDouble);
  fill_module(*attention, 0.5);
  const auto p = attention->named_parameters();
  EXPECT_EQ(p.keys(),
            (std::vector<std::string>{"qkv.weight", "qkv.bias", "q_norm.alpha", "q_norm.weight",
                                      "q_norm.bias", "k_norm.alpha", "k_norm.weight", "k_norm.bias",
                                      "proj.weight", "proj.bias"}));
  const auto norm = [&](const std::string& name, const at::Tensor& x) {
    return p[name + ".weight"] * (p[name + ".alpha"] * x).tanh() + p[name + ".bias"];
  };
  const at::Tensor x = fill_values("x", {B, N, D});
  const auto parts = at::linear(x, p["qkv.weight"], p["qkv.bias"]).split(D, -1);
  std::vector<at::Tensor> heads;
  for (int64_t head = 0; head < h; ++head) {
    const auto of = [&](int part) { return parts[part].narrow(-1, head * D / h, D / h); };
    const at::Tensor q = norm("q_norm", of(0)), k = norm("k_norm", of(1));
    const at::Tensor weights = (at::matmul(q, k.transpose(1, 2)) / 2).softmax(-1);
    EXPECT_LT(largest_difference(attention->weights(x).select(1, head), weights), 1e-14);
    heads.push_back(at::matmul(weights, of(2)));
  }
  const at::Tensor y = at::linear(at::cat(heads, -1), p["proj.weight"], p["proj.bias"]);
  EXPECT_LT(largest_difference(attention->forward(x), y), 1e-14);
}

TEST(Mlp, UsesExactGelu) {
  const auto mlp = std::make_shared<Mlp>(4, 6, at::kDouble);
  fill_module(*mlp, 1);
  const auto p = mlp->named_parameters();
  const at::Tensor x = fill_values("x", {3, 4});
  const at::Tensor hidden = at::linear(x, p["fc1.weight"], p["fc1.bias"]);
  const at::Tensor active = hidden * 0.5 * (1 + (hidden / std::sqrt(2.0)).erf());
  EXPECT_LT(largest_difference(mlp->forward(x), at::linear(active, p["fc2.weight"], p["fc2.bias"])),
            1e-15);
}

TEST(PatchEmbed, IsTheConvolutionInRowMajorOrder) {
  const PatchEmbedShape shape{.image_size = 12, .patch_size = 3, .channels = 2, .dim = 5};
  const auto embed = std::make_shared<PatchEmbed>(shape, at::kDouble);
  fill_module(*embed, 0.3);
  const auto p = embed->named_parameters();
  const at::Tensor images = fill_values("x", {2, 2, 12, 12});
  const at::Tensor map = at::conv2d(images, p["proj.weight"], p["proj.bias"], /*stride=*/3);
  EXPECT_LT(largest_difference(embed->forward(images), map.flatten(2).transpose(1, 2)), 1e-14);
}

TEST(PatchEmbed, RefusesOtherImages) {
  const PatchEmbedShape shape{.image_size = 8, .patch_size = 2, .channels = 1, .dim = 4};
  const auto embed = std::make_shared<PatchEmbed>(shape);
  for (const std::vector<int64_t>& other :
       {std::vector<int64_t>{2, 1, 8, 10}, {2, 3, 8, 8}, {1, 8, 8}, {}}) {
    expect_error(core::ErrorKind::kUsage, "(B, C, H, W)",
                 [&] { embed->forward(torch::zeros(other)); });
  }
  expect_error(core::ErrorKind::kUsage, "not divisible by the patch size",
               [] { PatchEmbed({.image_size = 8, .patch_size = 3, .channels = 1, .dim = 4}); });
}

TEST(PatchEmbed, AnySizeThatThePatchDivides) {
  PatchEmbed embed({.image_size = 8, .patch_size = 2, .channels = 3, .dim = 5}, at::kDouble);
  fill_module(embed, 0.5);
  const at::Tensor images = fill_values("x", {2, 3, 6, 10});
  const auto p = embed.named_parameters();
  const at::Tensor expected = at::conv2d(images, p["proj.weight"], p["proj.bias"], 2);
  EXPECT_LT(largest_difference(embed.forward_any_size(images), expected.flatten(2).transpose(1, 2)),
            1e-14);
  expect_error(core::ErrorKind::kUsage, "H and W divisible by 2", [&] {
    embed.forward_any_size(torch::zeros({1, 3, 7, 8}, at::kDouble));
  });
  expect_error(core::ErrorKind::kUsage, "not built for", [&] { embed.forward(images); });
}

TEST(WeightNormLinear, RowsOfLearnedLength) {
  const auto layer = std::make_shared<WeightNormLinear>(4, 3, at::kDouble);
  const auto p = layer->named_parameters();
  EXPECT_EQ(p.keys(), (std::vector<std::string>{"weight_g", "weight_v"}));
  EXPECT_TRUE((p["weight_g"] == 1).all().item<bool>());
  p["weight_g"].detach().copy_(fill_values("g", {3, 1}) + 2);
  p["weight_v"].detach().copy_(fill_values("v", {3, 4}));
  const at::Tensor x = fill_values("x", {2, 5, 4}), g = p["weight_g"].detach().requires_grad_(),
                   v = p["weight_v"].detach().requires_grad_();
  const at::Tensor expected = at::linear(x, g * v / v.square().sum(1, true).sqrt());
  EXPECT_LT(largest_difference(layer->forward(x), expected), 1e-14);
  layer->forward(x).square().sum().backward();
  expected.square().sum().backward();
  EXPECT_LT(largest_difference(p["weight_g"].grad(), g.grad()), 1e-12);
  EXPECT_LT(largest_difference(p["weight_v"].grad(), v.grad()), 1e-12);
}

TEST(DropPath, DropsWholeSamplesAndKeepsTheMean) {
  constexpr int64_t B = 4000;
  DropPath drop(0.25);
  drop.set_place(7, 0, "blocks.1.drop_path1");
  const at::Tensor y = drop.forward(torch::ones({B, 2, 3}));
  const at::Tensor per_sample = y.select(1, 0).select(1, 0);
  EXPECT_TRUE(at::equal(y, per_sample.view({B, 1, 1}).expand_as(y)));
  const at::Tensor dropped = per_sample == 0;
  EXPECT_TRUE((dropped | (per_sample == 1 / 0.75f)).all().item<bool>());
  EXPECT_NEAR(dropped.to(at::kDouble).mean().item<double>(), 0.25, 0.03) << "4 standard deviations";
}

TEST(DropPath, StreamGoesBySeedStepAndSite) {
  const auto mask = [](uint64_t seed, uint64_t step, const std::string& site) {
    DropPath drop(0.5);
    drop.set_place(seed, step, site);
    return drop.forward(torch::ones({64}));
  };
  const at::Tensor base = mask(1, 2, "a");
  EXPECT_TRUE(at::equal(base, mask(1, 2, "a")));
  EXPECT_FALSE(at::equal(base, mask(2, 2, "a")));
  EXPECT_FALSE(at::equal(base, mask(1, 3, "a")));
  EXPECT_FALSE(at::equal(base, mask(1, 2, "b")));
}

TEST(DropPath, ForwardsOfOneStepDrawApart) {
  DropPath drop(0.5);
  drop.set_place(1, 2, "a");
  const at::Tensor x = torch::ones({64});
  const at::Tensor first = drop.forward(x), second = drop.forward(x);
  EXPECT_FALSE(at::equal(first, second));
  drop.set_place(1, 2, "a");
  EXPECT_TRUE(at::equal(first, drop.forward(x)));
  EXPECT_TRUE(at::equal(second, drop.forward(x)));
}

TEST(DropPath, ActsInTrainingOnlyAndWantsItsPlace) {
  DropPath drop(0.5);
  const at::Tensor x = torch::ones({8, 2});
  expect_error(core::ErrorKind::kInternal, "set_random_place", [&] { drop.forward(x); });
  drop.eval();
  EXPECT_TRUE(drop.forward(x).is_same(x));
  EXPECT_TRUE(DropPath(0).forward(x).is_same(x)) << "rate 0 needs no place";
  expect_error(core::ErrorKind::kUsage, "below 1", [] { DropPath(1.0); });
}

TEST(DropPath, RatesRiseFromZero) {
  EXPECT_EQ(drop_path_rates(0.3, 4), (std::vector<double>{0, 0.3 * 1 / 3, 0.3 * 2 / 3, 0.3}));
  EXPECT_EQ(drop_path_rates(0.3, 1), std::vector<double>{0});
}

BlockOptions small_block(const std::string& norm) {
  return {.dim = 8, .num_heads = 2, .hidden_dim = 16, .norm = parse_norm_spec(norm)};
}

TEST(Block, PairsCarryTheResidualStream) {
  BlockOptions options = small_block("layer_norm");
  options.init_values = 0.5;
  const auto block = std::make_shared<Block>(options, at::kDouble);
  fill_module(*block, 0.3);
  const at::Tensor branch = fill_values("branch", {2, 3, 8}),
                   residual = fill_values("r", {2, 3, 8});
  const Stream split = block->forward({branch, residual});
  const Stream whole = block->forward({branch + residual, at::Tensor()});
  EXPECT_TRUE(at::equal(split.branch + split.residual, whole.branch + whole.residual));
}

TEST(Block, RandomPlaceReachesEveryDropPath) {
  BlockOptions options = small_block("dyt");
  options.drop_path = 0.5;
  const auto block = std::make_shared<Block>(options);
  fill_module(*block, 0.3);
  const at::Tensor x = torch::ones({16, 3, 8});
  const auto run = [&](uint64_t seed, int64_t step) {
    set_random_place(*block, seed, step);
    const Stream stream = block->forward({x, at::Tensor()});
    return stream.branch + stream.residual;
  };
  const at::Tensor base = run(0, 5);
  EXPECT_TRUE(at::equal(base, run(0, 5)));
  EXPECT_FALSE(at::equal(base, run(0, 6)));
  EXPECT_FALSE(at::equal(base, run(1, 5)));
}

}  // namespace
}  // namespace dyt::nn
