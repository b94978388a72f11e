// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/transfer.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/dino.h"
#include "dyt/models/mae.h"
#include "dyt/models/positions.h"
#include "dyt/models/probe.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;
using Tensors = std::vector<std::pair<std::string, at::Tensor>>;

MaeConfig mae_config(const std::string& norm) {
  return {.image_size = 16,
          .patch_size = 4,
          .channels = 3,
          .dim = 24,
          .depth = 2,
          .num_heads = 3,
          .decoder_dim = 16,
          .decoder_depth = 1,
          .decoder_num_heads = 2,
          .norm = norm};
}

VitConfig classifier_config(const std::string& norm, const std::string& pool = "avg") {
  VitConfig config = mae_config(norm).encoder();
  config.num_classes = 5;
  config.global_pool = pool;
  return config;
}

Tensors tensors_of(const torch::nn::Module& module, const std::string& prefix = "") {
  Tensors tensors;
  for (const auto& item : module.named_parameters()) {
    tensors.emplace_back(prefix + item.key(), item.value().detach());
  }
  return tensors;
}

Tensors mae_checkpoint(const std::string& norm) {
  MaskedAutoencoder mae(mae_config(norm));
  fill_module(mae, 0.3);
  return tensors_of(mae);
}

TEST(LoadPretrained, FineTuningKeepsTheEncoderWithoutItsNorm) {
  VisionTransformer model(classifier_config("dyt"));
  const Tensors checkpoint = mae_checkpoint("dyt");
  const Transfer transfer = load_pretrained(model, checkpoint);
  EXPECT_EQ(transfer.missing,
            (std::vector<std::string>{"fc_norm.alpha", "fc_norm.weight", "fc_norm.bias",
                                      "head.weight", "head.bias"}));
  EXPECT_EQ(transfer.loaded.size() + transfer.dropped.size(), checkpoint.size());
  for (const std::string& name : transfer.dropped) {
    EXPECT_TRUE(name == "mask_token" || name.starts_with("decoder") || name.starts_with("norm."))
        << name;
  }
  const auto parameters = model.named_parameters();
  for (const auto& [name, value] : checkpoint) {
    if (const at::Tensor* own = parameters.find(name)) {
      EXPECT_TRUE(at::equal(*own, value)) << name;
    }
  }
  EXPECT_TRUE(parameters["pos_embed"].requires_grad()) << "frozen in pre-training, not here";
}

TEST(LoadPretrained, AnotherGridIsResampledByMaesRule) {
  VitConfig config = classifier_config("layer_norm");
  config.image_size = 24;
  VisionTransformer model(config);
  const Tensors checkpoint = mae_checkpoint("layer_norm");
  EXPECT_EQ(load_pretrained(model, checkpoint).resampled, std::vector<std::string>{"pos_embed"});
  EXPECT_TRUE(at::equal(model.named_parameters()["pos_embed"],
                        resample_positions_mae(sincos_positions(24, 4, true), 6)));
}

TEST(LoadPretrained, ProbingKeepsTheNormAndItsFeatures) {
  for (const std::string norm : {"layer_norm", "dyt"}) {
    LinearProbe probe(classifier_config(norm));
    const Transfer transfer = load_pretrained(probe, mae_checkpoint(norm));
    EXPECT_EQ(transfer.missing,
              (std::vector<std::string>{"head.1.weight", "head.1.bias", "head.0.running_mean",
                                        "head.0.running_var", "head.0.num_batches_tracked"}));
    MaskedAutoencoder mae(mae_config(norm));
    fill_module(mae, 0.3);
    const at::Tensor images = fill_values("x", {2, 3, 16, 16}).to(at::kFloat);
    const at::Tensor all = torch::arange(16).expand({2, 16});
    const at::Tensor expected = mae.encode(images, {.kept = all, .inverse = all});
    EXPECT_LT((probe.forward_tokens(images) - expected).abs().max().item<double>(), 1e-5) << norm;
  }
}

TEST(LoadPretrained, TheTeachersBackboneOfDino) {
  DinoNetwork network({.image_size = 16,
                       .patch_size = 4,
                       .channels = 3,
                       .dim = 24,
                       .depth = 2,
                       .num_heads = 3,
                       .norm = "dyt",
                       .out_dim = 20,
                       .head_hidden_dim = 32,
                       .head_bottleneck_dim = 12});
  fill_module(network, 0.3);
  VisionTransformer model(classifier_config("dyt"));
  const Transfer transfer = load_pretrained(model, tensors_of(network, "module."));
  EXPECT_EQ(transfer.missing.size(), 5U);
  EXPECT_TRUE(at::equal(model.named_parameters()["blocks.1.attn.qkv.weight"],
                        network.named_parameters()["backbone.blocks.1.attn.qkv.weight"]));
  VitEncoder encoder(classifier_config("dyt"));
  EXPECT_TRUE(load_pretrained(encoder, tensors_of(network)).missing.empty());
  network.eval();  // without drop path
  const at::Tensor images = fill_values("x", {2, 3, 16, 16}).to(at::kFloat);
  EXPECT_TRUE(at::equal(encoder.forward(images), network.backbone().forward(images)));
}

TEST(LoadPretrained, WhatDoesNotFitIsNamedAndNothingIsCopied) {
  const auto data = core::ErrorKind::kData;
  VisionTransformer model(classifier_config("dyt"));
  const auto expect_untouched = [&](const std::string& part, const Tensors& checkpoint) {
    expect_error(data, part, [&] { load_pretrained(model, checkpoint); });
    EXPECT_EQ(model.named_parameters()["blocks.0.attn.qkv.weight"].abs().max().item<double>(), 0);
  };
  Tensors checkpoint = mae_checkpoint("dyt");
  checkpoint.emplace_back("blocks.2.norm1.weight", torch::ones({24}));
  expect_untouched("blocks.2.norm1.weight", checkpoint);
  checkpoint = mae_checkpoint("dyt");
  std::erase_if(checkpoint, [](const auto& item) { return item.first == "blocks.1.mlp.fc2.bias"; });
  expect_untouched("blocks.1.mlp.fc2.bias", checkpoint);
  checkpoint = mae_checkpoint("dyt");
  for (auto& [name, value] : checkpoint) {
    value = name == "cls_token" ? torch::zeros({1, 1, 32}) : value;
  }
  expect_untouched("cls_token", checkpoint);
  expect_untouched("blocks.0.norm1.alpha", mae_checkpoint("layer_norm"));
}

// A classifier's head was trained on `norm`; MAE's and DINO's encoders have no such head.
TEST(LoadPretrained, TheNormOfAClassifierIsNotDroppedForAveragePooling) {
  VisionTransformer timm(classifier_config("layer_norm", "token"));
  VisionTransformer model(classifier_config("layer_norm"));
  Tensors checkpoint = tensors_of(timm);
  expect_error(core::ErrorKind::kData, "norm.weight", [&] { load_pretrained(model, checkpoint); });
  expect_error(core::ErrorKind::kData, "model.global_pool=token",
               [&] { load_pretrained(model, checkpoint); });
  std::erase_if(checkpoint, [](const auto& item) { return item.first.starts_with("head."); });
  EXPECT_EQ(load_pretrained(model, checkpoint).dropped,
            (std::vector<std::string>{"norm.weight", "norm.bias"}));
}

TEST(LoadPretrained, ATableThatCannotBeResampledIsNamed) {
  VitConfig config = classifier_config("layer_norm");
  config.image_size = 24;
  VisionTransformer model(config);
  for (const int64_t entries : {16, 1 + 12, 1}) {  // no class entry; not square; no grid
    Tensors checkpoint = mae_checkpoint("layer_norm");
    for (auto& [name, value] : checkpoint) {
      value = name == "pos_embed" ? torch::zeros({1, entries, 24}) : value;
    }
    expect_error(core::ErrorKind::kData, "where:    pos_embed",
                 [&] { load_pretrained(model, checkpoint); });
  }
}

TEST(LoadPretrained, NormsIntoDyTOnRequest) {
  VisionTransformer model(classifier_config("dyt"));
  const Transfer transfer =
      load_pretrained(model, mae_checkpoint("layer_norm"), {.allow_missing_alpha = true});
  EXPECT_EQ(transfer.missing.size(), 4U + 5U);
  EXPECT_EQ(model.named_parameters()["blocks.0.norm1.alpha"].item<float>(), 0.5F);
}

TEST(InitializeHead, IsNearlyZero) {
  VisionTransformer model(classifier_config("dyt"));
  fill_module(model, 0.3);
  initialize_head(model, 0);
  const auto p = model.named_parameters();
  EXPECT_NEAR(p["head.weight"].std(false).item<double>(), 2e-5, 4e-6);
  EXPECT_EQ(p["head.bias"].abs().max().item<double>(), 0);
}

TEST(LinearProbe, NamesAndWhatTrains) {
  const auto probe = std::make_shared<LinearProbe>(classifier_config("dyt"));
  std::vector<std::string> trained;
  for (const auto& item : probe->named_parameters()) {
    if (item.value().requires_grad()) {
      trained.push_back(item.key());
    }
  }
  EXPECT_EQ(trained, (std::vector<std::string>{"head.1.weight", "head.1.bias"}));
  EXPECT_EQ(probe->named_buffers().keys(),
            (std::vector<std::string>{"head.0.running_mean", "head.0.running_var",
                                      "head.0.num_batches_tracked"}));
  expect_error(core::ErrorKind::kUsage, "model.num_classes",
               [] { LinearProbe(VitConfig{.image_size = 8, .channels = 1}); });
}

TEST(LinearProbe, BatchNormThenLinear) {
  const auto probe = std::make_shared<LinearProbe>(classifier_config("dyt"), at::kDouble);
  fill_module(*probe, 0.3);
  const at::Tensor images = fill_values("x", {6, 3, 16, 16});
  const at::Tensor features = probe->forward(images);
  const auto p = probe->named_parameters();
  const at::Tensor normed = (features - features.mean(0)) /
                            (features.var(at::IntArrayRef{0}, /*unbiased=*/false) + 1e-6).sqrt();
  const at::Tensor expected = at::linear(normed, p["head.1.weight"], p["head.1.bias"]);
  const at::Tensor logits = probe->logits(images);
  EXPECT_LT((logits - expected).abs().max().item<double>(), 1e-10);
  const auto buffers = probe->named_buffers();
  EXPECT_TRUE(at::allclose(buffers["head.0.running_mean"], 0.1 * features.mean(0)));
  EXPECT_TRUE(at::allclose(buffers["head.0.running_var"],
                           0.9 + 0.1 * features.var(at::IntArrayRef{0}, true)));
  logits.sum().backward();
  EXPECT_TRUE(p["head.1.weight"].grad().defined());
  EXPECT_FALSE(p["blocks.0.attn.qkv.weight"].grad().defined());
}

TEST(LinearProbe, HeadStartsSmall) {
  ProbeHead head(200, 50);
  initialize(head, 0, "head.");
  EXPECT_NEAR(head.linear().weight().std(false).item<double>(), 0.01, 3e-4);
  EXPECT_EQ(head.linear().bias().abs().max().item<double>(), 0);
}

TEST(LoadPretrained, StatisticsOfBatchNormAreTensorsOfTheCheckpoint) {
  const VitConfig config{.image_size = 8,
                         .channels = 1,
                         .num_classes = 3,
                         .dim = 8,
                         .depth = 1,
                         .num_heads = 2,
                         .norm = "batch_norm"};
  VisionTransformer from(config), to(config);
  from.named_buffers()["blocks.0.norm1.running_mean"].fill_(7);
  std::vector<std::pair<std::string, at::Tensor>> checkpoint, without;
  for (const auto& tensors : {from.named_parameters(), from.named_buffers()}) {
    for (const auto& item : tensors) {
      checkpoint.emplace_back(item.key(), item.value().detach().clone());
      if (item.key() != "blocks.0.norm1.running_mean") {
        without.push_back(checkpoint.back());
      }
    }
  }
  expect_error(core::ErrorKind::kData, "blocks.0.norm1.running_mean",
               [&] { load_pretrained(to, without); });
  load_pretrained(to, checkpoint);
  EXPECT_EQ(to.named_buffers()["blocks.0.norm1.running_mean"][0].item<float>(), 7);
}

}  // namespace
}  // namespace dyt::models
