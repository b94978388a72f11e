// SPDX-License-Identifier: Apache-2.0
// DiT against facebookresearch/DiT: outputs for a deterministic fill as printed numbers
// (dit_case.h), parameter counts, names, start values.
#include "dyt/models/dit.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/positions.h"
#include "dyt/models/vit.h"
#include "tests/models/dit_case.h"
#include "tests/support/expect_error.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;
using testing::filled_dit;
using testing::tiny_dit;

void expect_forward(const DitConfig& config, double amplitude, const std::vector<int64_t>& steps,
                    const std::vector<int64_t>& labels, const testing::PrintedOutput& expected) {
  const auto model = filled_dit(config, amplitude);
  const at::NoGradGuard no_grad;
  const auto batch = static_cast<int64_t>(steps.size());
  const at::Tensor x =
      fill_values("x", {batch, config.channels, config.image_size, config.image_size});
  const at::Tensor output = model->forward(x, torch::tensor(steps), torch::tensor(labels));
  EXPECT_EQ(output.sizes(), at::IntArrayRef({batch, 8, config.image_size, config.image_size}));
  expected.expect(output);
}

TEST(Dit, TinyConformance) {
  expect_forward(tiny_dit("layer_norm"), 0.3, {7, 901}, {3, 10},
                 {"layer_norm",
                  -55.6942290636,
                  {-0.8895412268, -0.6663499880, 0.1380371848},
                  -0.7457804409,
                  696.3953883206});
  expect_forward(
      tiny_dit("dyt"), 0.3, {7, 901}, {3, 10},
      {"dyt", -23.8057729326, {-0.3709873864, -0.7391873592, -0.0733015571}, -0.3505491060});
}

// One unit in the last place of all frequencies, which float64 steps can express.
TEST(Dit, WavesOfTheLastPlaceMoveTheOutputLittle) {
  const auto model = filled_dit(tiny_dit("dyt"), 0.3);
  const at::NoGradGuard no_grad;
  const at::Tensor x = fill_values("x", {2, 4, 8, 8});
  const auto largest_move = [&](double step) {
    const auto run = [&](double told) {
      return model->forward(x, torch::full({2}, told, at::kDouble), torch::tensor({3, 10}));
    };
    return (run(step * (1 + 0x1p-23)) - run(step)).abs().max().item<double>();
  };
  EXPECT_EQ(largest_move(0), 0);
  EXPECT_LT(largest_move(999), 1e-4);
}

void expect_full_size(const std::string& size, const testing::PrintedOutput& expected) {
  DitConfig config = dit_config(size);
  config.norm = expected.name;
  expect_forward(config, 0.05, {321}, {207}, expected);
}

TEST(DitSmall2, Conformance) {
  expect_full_size(
      "dit_s_2",
      {"layer_norm", 1224.5170154311, {0.6317812826, -0.1567304306, 0.5998964553}, 0.5411357965});
  expect_full_size(
      "dit_s_2", {"dyt", 627.7257961859, {0.0488468809, 0.1363188420, 0.0295184247}, 0.0921643966});
}

TEST(DitBase4, Conformance) {
  expect_full_size(
      "dit_b_4",
      {"layer_norm", 65.8048551443, {0.6456207334, -0.1681436487, 0.4645485920}, 0.3241306682});
  expect_full_size(
      "dit_b_4", {"dyt", 380.4335910000, {0.2341086124, 0.2083534018, 0.4343935976}, 0.2407376019});
}

int64_t count(const DitConfig& config) { return parameter_count(Dit(config, at::kMeta)); }

TEST(Dit, ParameterCountsAreThePublishedOnes) {
  const std::pair<std::string, int64_t> published[] = {
      {"dit_s_2", 32963360},   {"dit_s_4", 32945024},   {"dit_s_8", 33148160},
      {"dit_b_2", 130512416},  {"dit_b_4", 130475648},  {"dit_b_8", 130881536},
      {"dit_l_2", 458102816},  {"dit_l_4", 458053760},  {"dit_l_8", 458594816},
      {"dit_xl_2", 675129632}, {"dit_xl_4", 675074432}, {"dit_xl_8", 675683072},
  };
  ASSERT_EQ(std::size(published), dit_sizes().size());
  for (const auto& [name, expected] : published) {
    DitConfig config = dit_config(name);
    EXPECT_EQ(count(config), expected) << name;
    config.norm = "dyt";
    EXPECT_EQ(count(config), expected + 2 * config.depth + 1) << name << ": one alpha a slot";
  }
  DitConfig at_512 = dit_config("dit_xl_2");
  at_512.image_size = 64;
  EXPECT_EQ(count(at_512), 676014368);
  int64_t trainable = 0;
  for (const at::Tensor& parameter : Dit(dit_config("dit_xl_2"), at::kMeta).parameters()) {
    trainable += parameter.requires_grad() ? parameter.numel() : 0;
  }
  EXPECT_EQ(trainable, 674834720);
}

TEST(Dit, ParameterCountsOnPixels) {
  const auto on_pixels = [](DitConfig config) {
    config.image_size = 32;
    config.channels = 3;
    config.num_classes = 10;
    return count(config);
  };
  EXPECT_EQ(on_pixels(dit_config("dit_s_2")), 32578584);
  EXPECT_EQ(on_pixels(dit_config("dit_s_4")), 32546400);
  EXPECT_EQ(on_pixels(dit_config("dit_b_2")), 129742872);
  EXPECT_EQ(on_pixels(dit_config("dit_b_4")), 129678432);
  EXPECT_EQ(on_pixels(DitConfig{}), 4201440) << "the default: 192 wide, 6 blocks, 3 heads, patch 4";
}

TEST(Dit, NamesAreUpstreams) {
  const std::vector<std::string> first = {
      "pos_embed",
      "x_embedder.proj.weight",
      "x_embedder.proj.bias",
      "t_embedder.mlp.0.weight",
      "t_embedder.mlp.0.bias",
      "t_embedder.mlp.2.weight",
      "t_embedder.mlp.2.bias",
      "y_embedder.embedding_table.weight",
      "blocks.0.norm1.alpha",
      "blocks.0.attn.qkv.weight",
      "blocks.0.attn.qkv.bias",
      "blocks.0.attn.proj.weight",
      "blocks.0.attn.proj.bias",
      "blocks.0.norm2.alpha",
      "blocks.0.mlp.fc1.weight",
      "blocks.0.mlp.fc1.bias",
      "blocks.0.mlp.fc2.weight",
      "blocks.0.mlp.fc2.bias",
      "blocks.0.adaLN_modulation.1.weight",
      "blocks.0.adaLN_modulation.1.bias",
  };
  const std::vector<std::string> last = {
      "final_layer.norm_final.alpha",
      "final_layer.linear.weight",
      "final_layer.linear.bias",
      "final_layer.adaLN_modulation.1.weight",
      "final_layer.adaLN_modulation.1.bias",
  };
  const std::vector<std::string> names = Dit(tiny_dit("dyt")).named_parameters().keys();
  ASSERT_EQ(names.size(), first.size() + 12 + last.size());
  EXPECT_TRUE(std::equal(first.begin(), first.end(), names.begin()));
  EXPECT_TRUE(std::equal(last.rbegin(), last.rend(), names.rbegin()));
  for (const std::string& name : Dit(tiny_dit("layer_norm")).named_parameters().keys()) {
    EXPECT_EQ(name.find("norm"), std::string::npos) << "a LayerNorm here has no parameters";
  }
}

TEST(Dit, WeightAndBiasOfTheSlotAreOffWhateverTheKeySays) {
  for (const std::string norm : {"rms_norm", "derf", "batch_norm", "none"}) {
    const auto parameters = Dit(tiny_dit(norm)).named_parameters();
    EXPECT_FALSE(parameters.contains("blocks.0.norm1.weight")) << norm;
    EXPECT_FALSE(parameters.contains("blocks.0.norm1.bias")) << norm;
    EXPECT_EQ(parameters.contains("blocks.0.norm1.shift"), norm == "derf");
  }
}

double largest(const Dit& model, const std::string& name) {
  return model.named_parameters()[name].abs().max().item<double>();
}

const std::string kBlock = "blocks.1.adaLN_modulation.1.weight";
const std::string kFinal = "final_layer.adaLN_modulation.1.weight";
const std::string kOutput = "final_layer.linear.weight";

TEST(Dit, WhatStartsAtZero) {
  struct Rule {
    std::string norm, zero_init;
    bool blocks, output;
  };
  const Rule rules[] = {
      {"layer_norm", "auto", true, true},  {"rms_norm", "auto", true, true},
      {"none", "auto", true, true},        {"dyt", "auto", false, false},
      {"derf", "auto", false, false},      {"dyt", "on", true, true},
      {"layer_norm", "off", false, false}, {"dyt", "blocks", true, false},
  };
  for (const Rule& rule : rules) {
    DitConfig config = tiny_dit(rule.norm);
    config.zero_init = rule.zero_init;
    Dit model(config);
    initialize(model, 7);
    const std::string text = rule.norm + " " + rule.zero_init;
    EXPECT_EQ(largest(model, kBlock) == 0, rule.blocks) << text;
    EXPECT_EQ(largest(model, kFinal) == 0, rule.output) << text;
    EXPECT_EQ(largest(model, kOutput) == 0, rule.output) << text;
    EXPECT_GT(largest(model, "blocks.1.mlp.fc2.weight"), 0) << text;
  }
}

TEST(Dit, AFreshNetworkWithNormsPredictsExactlyZero) {
  Dit model(tiny_dit("layer_norm"));
  initialize(model, 7);
  const at::NoGradGuard no_grad;
  const at::Tensor output = model.forward(fill_values("x", {2, 4, 8, 8}).to(at::kFloat),
                                          torch::tensor({7, 901}), torch::tensor({3, 10}));
  EXPECT_EQ(output.abs().max().item<double>(), 0);
}

TEST(Dit, StartValuesAreXaviers) {
  DitConfig config = tiny_dit("dyt");
  config.dim = 96;
  Dit model(config);
  initialize(model, 7);
  const double D = 96, outputs = 8 * 2 * 2;
  const std::pair<std::string, double> bounds[] = {
      {kBlock, std::sqrt(6 / (7 * D))},
      {kFinal, std::sqrt(6 / (3 * D))},
      {kOutput, std::sqrt(6 / (D + outputs))},
      {"blocks.0.attn.qkv.weight", std::sqrt(6 / (4 * D))},
      {"x_embedder.proj.weight", std::sqrt(6 / (D + 16))},
  };
  for (const auto& [name, bound] : bounds) {
    EXPECT_LE(largest(model, name), bound) << name;
    EXPECT_GE(largest(model, name), 0.99 * bound) << name;
  }
  const auto parameters = model.named_parameters();
  for (const char* name : {"t_embedder.mlp.0.weight", "t_embedder.mlp.2.weight",
                           "y_embedder.embedding_table.weight"}) {
    EXPECT_NEAR(parameters[name].std().item<double>(), 0.02, 0.002) << name;
  }
  for (const auto& item : parameters) {
    if (item.key().ends_with("bias")) {
      EXPECT_EQ(item.value().abs().max().item<double>(), 0) << item.key();
    }
  }
  EXPECT_EQ(parameters["blocks.0.norm1.alpha"].item<float>(), 0.5F);
  EXPECT_TRUE(at::equal(parameters["pos_embed"], sincos_positions(96, 4, false)));
}

TEST(Dit, SlotsDifferInTheSlotAlone) {
  DitConfig config = tiny_dit("layer_norm");
  config.zero_init = "off";
  Dit norm(config);
  config.norm = "dyt";
  Dit pointwise(config);
  initialize(norm, 7);
  initialize(pointwise, 7);
  const auto other = pointwise.named_parameters();
  for (const auto& item : norm.named_parameters()) {
    EXPECT_TRUE(at::equal(item.value(), other[item.key()])) << item.key();
  }
}

TEST(Dit, LabelsAreDroppedWhereTheCallerSays) {
  const at::Tensor dropped = torch::tensor({false, true, false});
  EXPECT_TRUE(
      at::equal(drop_labels(torch::tensor({3, 4, 5}), dropped, 10), torch::tensor({3, 10, 5})));
}

TEST(Dit, WhatDoesNotFit) {
  DitConfig config = tiny_dit("dyt");
  config.patch_size = 3;
  expect_error(core::ErrorKind::kUsage, "model.patch_size", [&] { config.validate(); });
  config = tiny_dit("dyt");
  config.num_heads = 5;
  expect_error(core::ErrorKind::kUsage, "model.num_heads", [&] { config.validate(); });
  config = tiny_dit("dyt");
  config.dim = 6;
  expect_error(core::ErrorKind::kUsage, "a number that 4 divides", [&] { config.validate(); });
  config = tiny_dit("dyt");
  config.zero_init = "maybe";
  expect_error(core::ErrorKind::kUsage, "model.zero_init", [&] { config.validate(); });
  expect_error(core::ErrorKind::kUsage, "dit_xl_2", [] { dit_config("dit_xl2"); });

  Dit model(tiny_dit("dyt"));
  const at::Tensor x = torch::zeros({2, 4, 8, 8});
  const auto run = [&](const at::Tensor& timesteps, const at::Tensor& labels) {
    return [&, timesteps, labels] { model.forward(x, timesteps, labels); };
  };
  const at::Tensor good = torch::tensor({3, 4});
  expect_error(core::ErrorKind::kUsage, "one timestep", run(torch::tensor({3}), good));
  expect_error(core::ErrorKind::kUsage, "one label", run(good, torch::tensor({3})));
  expect_error(core::ErrorKind::kUsage, "one label", run(good, good.to(at::kFloat)));
  expect_error(core::ErrorKind::kUsage, "no row for", run(good, torch::tensor({3, 11})));
  expect_error(core::ErrorKind::kUsage, "no row for", run(good, torch::tensor({-1, 3})));
  expect_error(core::ErrorKind::kUsage, "images of a shape", [&] {
    model.forward(torch::zeros({2, 4, 8, 9}), good, good);
  });
}

}  // namespace
}  // namespace dyt::models
