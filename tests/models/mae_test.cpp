// SPDX-License-Identifier: Apache-2.0
// The masked autoencoder against the release of April 2022: outputs for a deterministic fill as
// printed numbers (tolerance: the larger of 1e-9 and half a unit of the last printed digit).
#include "dyt/models/mae.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/core/lookup.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

constexpr double kMaeTolerance = 1e-9;

MaeConfig tiny_mae(const std::string& norm, bool norm_pix_loss = false) {
  return {.image_size = 32,
          .patch_size = 8,
          .channels = 3,
          .dim = 24,
          .depth = 2,
          .num_heads = 3,
          .decoder_dim = 16,
          .decoder_depth = 1,
          .decoder_num_heads = 2,
          .norm_pix_loss = norm_pix_loss,
          .norm = norm};
}

std::shared_ptr<MaskedAutoencoder> filled_mae(const MaeConfig& config, double amplitude) {
  auto model = std::make_shared<MaskedAutoencoder>(config, at::kDouble);
  model->eval();
  fill_module(*model, amplitude);
  return model;
}

at::Tensor mae_images_of(const MaeConfig& config, int64_t batch) {
  return fill_values("x", {batch, config.channels, config.image_size, config.image_size});
}

at::Tensor noise_of(const MaeConfig& config, int64_t batch) {
  return (fill_values("noise", {batch, config.num_patches()}) + 1) / 2;
}

MaeOutput output_of(const MaeConfig& config, double amplitude, int64_t batch) {
  const at::NoGradGuard no_grad;
  return filled_mae(config, amplitude)
      ->forward(mae_images_of(config, batch), noise_of(config, batch));
}

void expect_first(const at::Tensor& found, const std::vector<double>& expected) {
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found.flatten()[static_cast<int64_t>(i)].item<double>(), expected[i],
                kMaeTolerance);
  }
}

TEST(Mae, TinyConformance) {
  struct Case {
    std::string norm;
    double loss, normed_loss, sum;
    std::vector<double> first;
    double last;
  };
  const Case cases[] = {{"layer_norm",
                         0.9544612797,
                         1.5969108707,
                         182.5653294414,
                         {0.4587589255, 1.3808311720, -1.0146913965},
                         -1.1242599881},
                        {"dyt",
                         0.4586809474,
                         1.1091998931,
                         76.0752714495,
                         {-0.1867311974, 0.2891299032, -0.4009705733},
                         -0.5615815265}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.norm);
    const MaeOutput output = output_of(tiny_mae(c.norm), 0.3, 2);
    ASSERT_EQ(output.pred.sizes(), at::IntArrayRef({2, 16, 192}));
    EXPECT_NEAR(output.loss.item<double>(), c.loss, kMaeTolerance);
    EXPECT_NEAR(output_of(tiny_mae(c.norm, true), 0.3, 2).loss.item<double>(), c.normed_loss,
                kMaeTolerance);
    EXPECT_NEAR(output.pred.sum().item<double>(), c.sum, kMaeTolerance);
    expect_first(output.pred, c.first);
    EXPECT_NEAR(output.pred.flatten()[-1].item<double>(), c.last, kMaeTolerance);
  }
}

struct FullMae {
  std::string norm;
  double loss;
  std::vector<double> first;
  double last;
};

class MaeBase : public ::testing::TestWithParam<FullMae> {};

TEST_P(MaeBase, Conformance) {
  const FullMae& c = GetParam();
  MaeConfig config = core::find_row(mae_table(), "mae_vit_base_patch16", "model").config;
  config.norm = c.norm;
  const MaeOutput output = output_of(config, 0.05, 1);
  EXPECT_NEAR(output.loss.item<double>(), c.loss, 5e-9);
  expect_first(output.pred, c.first);
  EXPECT_NEAR(output.pred.flatten()[-1].item<double>(), c.last, kMaeTolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Norms, MaeBase,
    ::testing::Values(FullMae{"layer_norm", 1.47111608, {0.7448952004, 0.2906651051}, 0.6290573852},
                      FullMae{"dyt", 1.07964484, {0.3052221204, 0.4893360018}, 0.1530541145}),
    [](const auto& info) { return info.param.norm; });

TEST(Mae, ParameterCountsAreThePublishedOnes) {
  struct Count {
    std::string name;
    int64_t total, trained, slots, encoder;
  };
  const Count counts[] = {
      {"mae_vit_base_patch16", 111907840, 111655680, 42, 85798656},
      {"mae_vit_large_patch16", 329541888, 329239296, 66, 303301632},
      {"mae_vit_huge_patch14", 657074508, 656613964, 82, 630764800},
  };
  for (const Count& c : counts) {
    MaeConfig config = core::find_row(mae_table(), c.name, "model").config;
    const MaskedAutoencoder model(config, at::kMeta);
    EXPECT_EQ(parameter_count(model), c.total) << c.name;
    int64_t trained = 0, decoder = 0;
    for (const auto& item : model.named_parameters()) {
      trained += item.value().requires_grad() ? item.value().numel() : 0;
      const bool decodes = item.key().starts_with("decoder") || item.key() == "mask_token";
      decoder += decodes ? item.value().numel() : 0;
    }
    EXPECT_EQ(trained, c.trained) << c.name;
    EXPECT_EQ(c.total - decoder, c.encoder) << c.name;
    config.norm = "dyt";
    EXPECT_EQ(parameter_count(MaskedAutoencoder(config, at::kMeta)), c.total + c.slots) << c.name;
  }
}

TEST(Mae, TheTablesAreFrozenAndInPlace) {
  const MaskedAutoencoder model(tiny_mae("dyt"));
  const auto p = model.named_parameters();
  for (const char* name : {"pos_embed", "decoder_pos_embed"}) {
    EXPECT_FALSE(p[name].requires_grad()) << name;
    EXPECT_NEAR(p[name][0][1].sum().item<double>(), p[name].size(2) / 2.0, 1e-6)
        << "cell (0, 0): sines 0, cosines 1";
  }
  EXPECT_TRUE(p["cls_token"].requires_grad());
}

TEST(Mae, FoldingKeepsThePredictions) {
  for (const std::string norm : {"dyt", "derf", "layer_norm", "rms_norm", "none"}) {
    const MaeConfig config = tiny_mae(norm);
    const auto model = filled_mae(config, 0.3);
    const at::Tensor images = mae_images_of(config, 2), before = images.clone();
    const at::Tensor noise = noise_of(config, 2);
    const at::NoGradGuard no_grad;
    const at::Tensor expected = model->forward(images, noise).pred;
    model->fold();
    model->fold();
    const at::Tensor found = model->forward(images, noise).pred;
    EXPECT_LE((found - expected).abs().max().item<double>(),
              1e-12 * expected.abs().max().item<double>())
        << norm;
    EXPECT_TRUE(at::equal(model->forward(images, noise).pred, found)) << norm;
    EXPECT_TRUE(at::equal(images, before)) << norm;
    for (const auto& item : model->named_parameters()) {
      const bool slot = item.key().find("norm") != std::string::npos;
      const bool affine = item.key().ends_with(".weight") || item.key().ends_with(".bias");
      EXPECT_FALSE(slot && affine) << norm << " " << item.key();
    }
  }
}

TEST(Mae, CalibrateReachesEverySlot) {
  const MaeConfig config = tiny_mae("dyt:alpha0=auto");
  const auto model = std::make_shared<MaskedAutoencoder>(config, at::kDouble);
  initialize(*model, 0);
  const at::Tensor images = mae_images_of(config, 4), noise = noise_of(config, 4);
  nn::calibrate(*model, [&] { model->forward(images, noise); });
  EXPECT_TRUE(model->forward(images, noise).loss.isfinite().item<bool>());
}

TEST(Mae, StartValues) {
  MaeConfig config = tiny_mae("dyt");
  config.dim = 96;
  MaskedAutoencoder model(config);
  initialize(model, 3);
  const auto p = model.named_parameters();
  const auto largest = [&](const char* name) { return p[name].abs().max().item<double>(); };
  const auto expect_uniform = [&](const char* name, double bound) {
    EXPECT_LE(largest(name), bound) << name;
    EXPECT_NEAR(p[name].std(false).item<double>(), bound / std::sqrt(3.0), 0.05 * bound) << name;
  };
  expect_uniform("blocks.0.attn.qkv.weight", std::sqrt(6.0 / (4 * 96)));
  expect_uniform("blocks.1.mlp.fc1.weight", std::sqrt(6.0 / (5 * 96)));
  expect_uniform("patch_embed.proj.weight", std::sqrt(6.0 / (192 + 96)));
  expect_uniform("patch_embed.proj.bias", 1 / std::sqrt(192.0));
  expect_uniform("decoder_embed.weight", std::sqrt(6.0 / (96 + 16)));
  expect_uniform("decoder_pred.weight", std::sqrt(6.0 / (16 + 192)));
  EXPECT_NEAR(p["cls_token"].std(false).item<double>(), 0.02, 0.006);
  EXPECT_NEAR(p["mask_token"].std(false).item<double>(), 0.02, 0.012);
  for (const char* name : {"blocks.0.attn.qkv.bias", "decoder_pred.bias", "norm.bias"}) {
    EXPECT_EQ(largest(name), 0) << name;
  }
  EXPECT_TRUE(at::equal(p["pos_embed"], MaskedAutoencoder(config).named_parameters()["pos_embed"]));
  config.decoder_depth = 3;
  MaskedAutoencoder deeper(config);
  initialize(deeper, 3);
  EXPECT_TRUE(at::equal(p["decoder_blocks.0.mlp.fc1.weight"],
                        deeper.named_parameters()["decoder_blocks.0.mlp.fc1.weight"]));
}

TEST(Mae, WhatDoesNotFit) {
  const auto expect_misfit = [&](const std::string& part,
                                 const std::function<void(MaeConfig&)>& edit) {
    MaeConfig config = tiny_mae("dyt");
    edit(config);
    expect_error(core::ErrorKind::kUsage, part, [&] { MaskedAutoencoder{config}; });
  };
  expect_misfit("model.patch_size", [](MaeConfig& c) { c.patch_size = 5; });
  expect_misfit("model.num_heads", [](MaeConfig& c) { c.num_heads = 5; });
  expect_misfit("model.decoder_num_heads", [](MaeConfig& c) { c.decoder_num_heads = 3; });
  expect_misfit("model.dim", [](MaeConfig& c) { c.dim = 18; });
  expect_misfit("keeps 1 to 15 of 16 patches", [](MaeConfig& c) { c.mask_ratio = 0.95; });
  expect_misfit("model.mask_ratio", [](MaeConfig& c) { c.mask_ratio = 0; });
  MaeConfig config;
  const core::Fields fields = core::fields_of(config);
  core::apply_override(fields, "norm_pix_loss=false");
  EXPECT_FALSE(config.norm_pix_loss);
  EXPECT_EQ(core::find_row(mae_table(), "mae_vit_large_patch16", "model").config.kept_patches(),
            49);
  const auto model = filled_mae(tiny_mae("dyt"), 0.3);
  const at::Tensor images = mae_images_of(tiny_mae("dyt"), 2);
  expect_error(core::ErrorKind::kUsage, "[2, 16], a number a patch", [&] {
    model->forward(images, torch::zeros({2, 17}));
  });
}

}  // namespace
}  // namespace dyt::models
