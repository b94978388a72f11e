// SPDX-License-Identifier: Apache-2.0
// DINO against the release of April 2023: outputs for a deterministic fill as printed numbers
// (tolerance: the larger of 1e-9 and half a unit of the last printed digit).
#include "dyt/models/dino.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <optional>

#include "dyt/core/lookup.h"
#include "dyt/models/dino_loss.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

constexpr double kDinoTolerance = 1e-9;

DinoConfig tiny_dino(const std::string& norm) {
  return {.image_size = 32,
          .patch_size = 8,
          .channels = 3,
          .dim = 24,
          .depth = 2,
          .num_heads = 3,
          .norm = norm,
          .out_dim = 20,
          .head_hidden_dim = 32,
          .head_bottleneck_dim = 12};
}

std::shared_ptr<DinoNetwork> filled_dino(const DinoConfig& config, double amplitude) {
  auto network = std::make_shared<DinoNetwork>(config, at::kDouble);
  network->eval();
  fill_module(*network, amplitude);
  return network;
}

std::vector<at::Tensor> crops_of_two() {
  return {fill_values("g1", {2, 3, 32, 32}), fill_values("g2", {2, 3, 32, 32}),
          fill_values("l1", {2, 3, 16, 16}), fill_values("l2", {2, 3, 16, 16})};
}

void expect_near(const at::Tensor& found, double expected) {
  EXPECT_NEAR(found.item<double>(), expected, kDinoTolerance);
}

struct TinyDino {
  std::string norm;
  double student_sum;
  std::vector<double> student_first;
  double student_last;
  double teacher_sum, teacher_first;
  double losses[2];
  double center_sum, center_first;
  std::optional<double> center_last = {};  // printed for LayerNorm only
};

class DinoTiny : public ::testing::TestWithParam<TinyDino> {};

TEST_P(DinoTiny, Conformance) {
  const TinyDino& c = GetParam();
  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> crops = crops_of_two();
  const at::Tensor student = filled_dino(tiny_dino(c.norm), 0.3)->forward(crops);
  const at::Tensor teacher = filled_dino(tiny_dino(c.norm), 0.25)->forward({crops[0], crops[1]});
  ASSERT_EQ(student.sizes(), at::IntArrayRef({8, 20}));
  ASSERT_EQ(teacher.sizes(), at::IntArrayRef({4, 20}));
  expect_near(student.sum(), c.student_sum);
  for (size_t i = 0; i < c.student_first.size(); ++i) {
    expect_near(student[0][static_cast<int64_t>(i)], c.student_first[i]);
  }
  expect_near(student[-1][-1], c.student_last);
  expect_near(teacher.sum(), c.teacher_sum);
  expect_near(teacher[0][0], c.teacher_first);
  DinoLoss loss({.out_dim = 20,
                 .warmup_teacher_temperature = 0.04,
                 .teacher_temperature = 0.07,
                 .warmup_epochs = 3},
                at::kDouble);
  expect_near(loss.forward(student, teacher, 4, 0), c.losses[0]);
  loss.update_center(teacher.mean(0, true));
  expect_near(loss.center().sum(), c.center_sum);
  expect_near(loss.center()[0][0], c.center_first);
  if (c.center_last) {
    expect_near(loss.center()[0][-1], *c.center_last);
  }
  expect_near(loss.forward(student, teacher, 4, 1), c.losses[1]);
}

INSTANTIATE_TEST_SUITE_P(Norms, DinoTiny,
                         ::testing::Values(TinyDino{"layer_norm",
                                                    -15.0538945131,
                                                    {0.2380869341, 0.1374407872, -0.4566284784},
                                                    -0.0248258279,
                                                    -9.9622501553,
                                                    -0.0247986225,
                                                    {4.2210215810, 4.3225469627},
                                                    -0.2490562539,
                                                    -0.0132010663,
                                                    0.0070771044},
                                           TinyDino{"dyt",
                                                    -17.1676705393,
                                                    {-0.3985655755, 0.3761527448, -0.4009810420},
                                                    0.0962188483,
                                                    -8.2718976172,
                                                    -0.4457148037,
                                                    {1.1420901200, 1.3159323008},
                                                    -0.2067974404,
                                                    -0.0455390598}),
                         [](const auto& info) { return info.param.norm; });

// Four answers, each for a quarter of the images, tell ln 4 nats of ln 16: a half. Equal targets
// tell nothing, be they sharp or flat.
TEST(DinoLoss, CollapsedTargetsTellNothing) {
  const at::Tensor sharp = 100 * torch::eye(16, at::kDouble).slice(0, 0, 4);  // (4, 16)
  const at::Tensor center = torch::zeros({1, 16}, at::kDouble);
  EXPECT_NEAR(target_information(sharp, center, 0.04), 0.5, 1e-12);
  EXPECT_NEAR(target_information(sharp.slice(0, 0, 1).repeat({4, 1}), center, 0.04), 0, 1e-12);
  EXPECT_NEAR(target_information(torch::zeros({4, 16}), center, 0.04), 0, 1e-12);
  DinoLoss loss({.out_dim = 16, .teacher_temperature = 0.04}, at::kDouble);
  EXPECT_NEAR(loss.information(sharp, 7), 0.5, 1e-12);
}

TEST(Dino, EveryCropByItselfGivesTheSame) {
  const at::NoGradGuard no_grad;
  const auto network = filled_dino(tiny_dino("dyt"), 0.3);
  const std::vector<at::Tensor> crops = crops_of_two();
  const at::Tensor together = network->forward({crops[0], crops[2], crops[1], crops[3]});
  int64_t row = 0;
  for (const int crop : {0, 2, 1, 3}) {
    const at::Tensor alone = network->forward({crops[crop]});
    EXPECT_LT((together.slice(0, row, row + 2) - alone).abs().max().item<double>(), 1e-13);
    row += 2;
  }
  expect_error(core::ErrorKind::kUsage, "no crops", [&] { network->forward({}); });
}

int64_t count_on_meta(DinoConfig config, int64_t* trained = nullptr) {
  const DinoNetwork network(config, at::kMeta);
  for (const at::Tensor& parameter : network.parameters()) {
    if (trained != nullptr && parameter.requires_grad()) {
      *trained += parameter.numel();
    }
  }
  return parameter_count(network);
}

TEST(Dino, ParameterCountsAreThePublishedOnes) {
  struct Count {
    std::string size;
    int64_t patch16, patch8, head;
  };
  const Count counts[] = {{"tiny", 5524416, 5526720, 21958912},
                          {"small", 21665664, 21670272, 22352128},
                          {"base", 85798656, 85807872, 23138560}};
  const auto config_of = [](const std::string& name) {
    return core::find_row(dino_table(), name, "model").config;
  };
  for (const Count& c : counts) {
    EXPECT_EQ(count_on_meta(config_of("dino_vit_" + c.size + "_patch16")), c.patch16 + c.head);
    EXPECT_EQ(count_on_meta(config_of("dino_vit_" + c.size + "_patch8")), c.patch8 + c.head);
    EXPECT_EQ(parameter_count(
                  VitEncoder(config_of("dino_vit_" + c.size + "_patch8").backbone(), at::kMeta)),
              c.patch8);
  }
  DinoConfig base = config_of("dino_vit_base_patch16");
  base.norm = "dyt";
  int64_t trained = 0;
  EXPECT_EQ(count_on_meta(base, &trained), 108937241);
  EXPECT_EQ(trained, 108937241 - 65536) << "weight_g is frozen";
  base.norm_last_layer = false;
  trained = 0;
  count_on_meta(base, &trained);
  EXPECT_EQ(trained, 108937241);
}

TEST(Dino, NamesOfTheHead) {
  DinoConfig config = tiny_dino("dyt");
  const auto head_names = [&] {
    std::vector<std::string> names;
    const DinoNetwork network(config);
    for (const auto& item : network.named_parameters()) {
      if (item.key().starts_with("head.")) {
        names.push_back(item.key().substr(5));
      }
    }
    return names;
  };
  EXPECT_EQ(head_names(), (std::vector<std::string>{"mlp.0.weight", "mlp.0.bias", "mlp.2.weight",
                                                    "mlp.2.bias", "mlp.4.weight", "mlp.4.bias",
                                                    "last_layer.weight_g", "last_layer.weight_v"}));
  config.head_batch_norm = true;
  EXPECT_EQ(head_names(),
            (std::vector<std::string>{"mlp.0.weight", "mlp.0.bias", "mlp.1.weight", "mlp.1.bias",
                                      "mlp.3.weight", "mlp.3.bias", "mlp.4.weight", "mlp.4.bias",
                                      "mlp.6.weight", "mlp.6.bias", "last_layer.weight_g",
                                      "last_layer.weight_v"}));
}

TEST(Dino, HeadWithBatchNormIsWhatItSays) {
  DinoConfig config = tiny_dino("dyt");
  config.head_batch_norm = true;
  config.head_layers = 2;
  const auto network = std::make_shared<DinoNetwork>(config, at::kDouble);
  fill_module(*network, 0.3);
  const auto p = network->head().named_parameters();
  const at::Tensor features = fill_values("features", {5, 24});
  at::Tensor x = at::linear(features, p["mlp.0.weight"], p["mlp.0.bias"]);
  x = (x - x.mean(0)) / (x.var(at::IntArrayRef{0}, /*unbiased=*/false) + 1e-5).sqrt();
  x = at::gelu(x * p["mlp.1.weight"] + p["mlp.1.bias"]);
  x = at::linear(x, p["mlp.3.weight"], p["mlp.3.bias"]);
  x = x / x.norm(2, -1, true);
  const at::Tensor v = p["last_layer.weight_v"];
  const at::Tensor expected = at::matmul(x, (v / v.norm(2, 1, true)).t());
  EXPECT_LT((network->head().forward(features) - expected).abs().max().item<double>(), 1e-12);
}

TEST(Dino, StartValues) {
  DinoConfig config = tiny_dino("dyt");
  config.dim = 96;
  config.head_hidden_dim = 200;
  DinoNetwork network(config);
  initialize(network, 5);
  const auto p = network.named_parameters();
  for (const char* name : {"backbone.pos_embed", "backbone.blocks.1.attn.qkv.weight",
                           "head.mlp.0.weight", "head.mlp.2.weight"}) {
    EXPECT_NEAR(p[name].std(false).item<double>(), 0.02, 0.002) << name;
  }
  EXPECT_NEAR(p["backbone.cls_token"].std(false).item<double>(), 0.02, 0.006);
  EXPECT_EQ(p["head.mlp.4.bias"].abs().max().item<double>(), 0);
  EXPECT_TRUE((p["head.last_layer.weight_g"] == 1).all().item<bool>());
  const double bound = 1 / std::sqrt(12.0);
  EXPECT_LE(p["head.last_layer.weight_v"].abs().max().item<double>(), bound);
  EXPECT_NEAR(p["head.last_layer.weight_v"].std(false).item<double>(), bound / std::sqrt(3.0),
              0.05 * bound);
  EXPECT_TRUE((p["backbone.norm.alpha"] == 0.5).all().item<bool>());
}

TEST(Dino, CalibrateReachesEverySlot) {
  DinoConfig config = tiny_dino("dyt:alpha0=auto");
  config.drop_path = 0;
  const auto network = std::make_shared<DinoNetwork>(config, at::kDouble);
  initialize(*network, 0);
  const std::vector<at::Tensor> crops = crops_of_two();
  nn::calibrate(*network, [&] { network->forward(crops); });
  EXPECT_TRUE(network->forward(crops).isfinite().all().item<bool>());
}

TEST(Dino, TheTeacherIsACopyThatDoesNotTrain) {
  DinoConfig config = tiny_dino("dyt");
  config.head_batch_norm = true;
  const auto student = std::make_shared<DinoNetwork>(config);
  const auto teacher = std::make_shared<DinoNetwork>(config.teacher());
  initialize(*student, 1);
  become_teacher(*teacher, *student);
  const auto values = student->named_parameters();
  for (const auto& item : teacher->named_parameters()) {
    EXPECT_TRUE(at::equal(item.value(), values[item.key()])) << item.key();
    EXPECT_FALSE(item.value().requires_grad()) << item.key();
    EXPECT_FALSE(item.value().is_alias_of(values[item.key()])) << item.key();
  }
  EXPECT_TRUE(values["backbone.cls_token"].requires_grad());
  EXPECT_EQ(teacher->config().drop_path, 0);
  config.norm = "layer_norm";
  expect_error(core::ErrorKind::kInternal, "built otherwise",
               [&] { become_teacher(*teacher, DinoNetwork(config)); });
}

TEST(Dino, CropsOfOneStepDropTheirPathsApart) {
  DinoConfig config = tiny_dino("dyt");
  config.drop_path = 0.5;
  const auto network = std::make_shared<DinoNetwork>(config, at::kDouble);
  fill_module(*network, 0.3);
  nn::set_random_place(*network, 0, 0);
  const at::Tensor crop = fill_values("g1", {1, 3, 32, 32}).expand({32, -1, -1, -1});
  const at::Tensor small = fill_values("l1", {1, 3, 16, 16}).expand({32, -1, -1, -1});
  const at::Tensor out = network->forward({crop, small, crop});
  EXPECT_FALSE(at::equal(out.slice(0, 0, 32), out.slice(0, 64, 96)));
}

TEST(Dino, WhatDoesNotFit) {
  const auto expect_misfit = [&](const std::string& part,
                                 const std::function<void(DinoConfig&)>& edit) {
    DinoConfig config = tiny_dino("dyt");
    edit(config);
    expect_error(core::ErrorKind::kUsage, part, [&] { DinoNetwork{config}; });
  };
  expect_misfit("model.patch_size", [](DinoConfig& c) { c.patch_size = 5; });
  expect_misfit("model.num_heads", [](DinoConfig& c) { c.num_heads = 5; });
  expect_misfit("model.head_layers", [](DinoConfig& c) { c.head_layers = 1; });
  expect_misfit("model.out_dim", [](DinoConfig& c) { c.out_dim = 0; });
  DinoConfig config;
  const core::Fields fields = core::fields_of(config);
  core::apply_override(fields, "head_bottleneck_dim=64");
  EXPECT_EQ(config.head_bottleneck_dim, 64);
}

}  // namespace
}  // namespace dyt::models
