// SPDX-License-Identifier: Apache-2.0
// ResNet and VGG against torchvision: scripts/golden/torchvision_golden.py says what its files
// hold.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/core/lookup.h"
#include "dyt/core/text.h"
#include "dyt/models/table.h"
#include "dyt/optim/adamw.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"
#include "tests/support/golden_file.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

constexpr int kTorchvisionSteps = 10;
constexpr double kTorchvisionLr = 1e-3;

ModelConfig small_resnet() {
  return {.name = "resnet",
          .family = ResNetModel{.sizes = {.image_size = 32,
                                          .channels = 3,
                                          .num_classes = 5,
                                          .block = "bottleneck",
                                          .depths = {1, 1},
                                          .width = 8,
                                          .stem = "large"}}};
}

ModelConfig small_vgg() {
  return {.name = "vgg",
          .family = VggModel{.sizes = {.image_size = 16,
                                       .channels = 3,
                                       .num_classes = 5,
                                       .depths = {2, 1},
                                       .dims = {8, 16},
                                       .pool_size = 2,
                                       .hidden_dim = 12}}};
}

// Parameters and floating buffers by name, module by module as PyTorch's state dict has them.
std::vector<std::pair<std::string, at::Tensor>> state_of(const torch::nn::Module& module) {
  std::vector<std::pair<std::string, at::Tensor>> state;
  for (const auto& item : module.named_modules()) {
    const std::string prefix = item.key().empty() ? "" : item.key() + ".";
    for (const auto& parameter : item.value()->named_parameters(/*recurse=*/false)) {
      state.emplace_back(prefix + parameter.key(), parameter.value());
    }
    for (const auto& buffer : item.value()->named_buffers(/*recurse=*/false)) {
      state.emplace_back(prefix + buffer.key(), buffer.value());
    }
  }
  return state;
}

struct NetworkCase {
  std::string file, norm;
  ModelConfig (*config)();
  at::ScalarType type;
  double tolerance, tolerance_after;  // of each tensor's largest magnitude
};

class Torchvision : public ::testing::TestWithParam<NetworkCase> {
 protected:
  Torchvision() : file_(GetParam().file) {
    ModelConfig config = GetParam().config();
    config.norm() = GetParam().norm;
    model_ = make_classifier(config, GetParam().type);
    fill_module(*model_, 0.3);
    const int64_t side = config.image_size();
    images_ = fill_values("x", {4, 3, side, side}).to(GetParam().type);
    labels_ = file_.stored("labels", at::kLong);
  }

  // batch_norm takes a shift out again: the bias of a convolution before it has no gradient.
  static bool is_without_effect(const std::string& name) {
    return GetParam().file == "vgg_bn" &&
           (name == "features.0.bias" || name == "features.3.bias" || name == "features.7.bias");
  }

  at::Tensor loss_of(const at::Tensor& logits) { return at::cross_entropy_loss(logits, labels_); }

  testing::GoldenFile file_;
  std::shared_ptr<ImageClassifier> model_;
  at::Tensor images_, labels_;
};

TEST_P(Torchvision, NamesStandInItsOrder) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state_of(*model_)) {
    names.push_back(name);
  }
  EXPECT_EQ(names, file_.names());
}

TEST_P(Torchvision, LogitsGradientsAndTenSteps) {
  const double tolerance = GetParam().tolerance;
  model_->train();
  const at::Tensor logits = model_->forward(images_);
  file_.expect_close(logits, "logits", tolerance);
  const at::Tensor loss = loss_of(logits);
  file_.expect_close(loss, "loss", tolerance);
  loss.backward();
  for (const auto& item : model_->named_parameters()) {
    if (is_without_effect(item.key())) {
      EXPECT_LT(item.value().grad().abs().max().item<double>(), tolerance) << item.key();
    } else {
      file_.expect_close(item.value().grad(), "grad." + item.key(), tolerance);
    }
  }
  model_->eval();
  file_.expect_close(model_->forward(images_), "eval", tolerance);
  model_->train();

  optim::AdamW optimizer(optim::named_parameters(*model_),
                         {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .weight_decay = 0.05});
  for (int step = 1; step <= kTorchvisionSteps; ++step) {
    optimizer.zero_grad();
    loss_of(model_->forward(images_)).backward();
    optimizer.step(kTorchvisionLr);
  }
  file_.expect_close(loss_of(model_->forward(images_)), "loss_after", GetParam().tolerance_after);
  if (GetParam().norm != "dyt" && GetParam().type == at::kFloat) {
    return;  // of weights whose scale batch_norm takes out, AdamW makes steps of rounding noise
  }
  for (const auto& [name, tensor] : state_of(*model_)) {
    if (tensor.is_floating_point()) {
      file_.expect_close(tensor, "after." + name, GetParam().tolerance_after);
    }
  }
}

const char kBatchNorm[] = "batch_norm:eps=1e-5";

INSTANTIATE_TEST_SUITE_P(
    Small, Torchvision,
    ::testing::Values(NetworkCase{"resnet_bn", kBatchNorm, small_resnet, at::kDouble, 1e-9, 1e-9},
                      NetworkCase{"resnet_bn", kBatchNorm, small_resnet, at::kFloat, 1e-4, 1e-2},
                      NetworkCase{"resnet_dyt", "dyt", small_resnet, at::kDouble, 1e-9, 1e-9},
                      NetworkCase{"resnet_dyt", "dyt", small_resnet, at::kFloat, 1e-5, 1e-4},
                      NetworkCase{"vgg_bn", kBatchNorm, small_vgg, at::kDouble, 1e-9, 1e-9},
                      NetworkCase{"vgg_bn", kBatchNorm, small_vgg, at::kFloat, 1e-4, 1e-2},
                      NetworkCase{"vgg_dyt", "dyt", small_vgg, at::kDouble, 1e-9, 1e-9},
                      NetworkCase{"vgg_dyt", "dyt", small_vgg, at::kFloat, 1e-5, 1e-4}),
    [](const auto& info) {
      return info.param.file + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

TEST(ConvNets, FullNetworksHaveTorchvisionsNamesAndShapes) {
  for (const auto& [model, file] : {std::pair("resnet50", "resnet_bn"), {"vgg19", "vgg_bn"}}) {
    ModelConfig config = find_model(model);
    config.channels() = 3;
    config.num_classes() = 1000;
    std::vector<std::string> names;
    for (const auto& [name, tensor] : state_of(*make_classifier(config, at::kMeta))) {
      std::vector<std::string> sizes;
      for (const int64_t size : tensor.sizes()) {
        sizes.push_back(std::to_string(size));
      }
      names.push_back(name + " " + core::join(sizes, ","));
    }
    EXPECT_EQ(names, testing::GoldenFile(file).lines("full")) << model;
  }
}

TEST(ConvNets, PublishedParameterCounts) {
  const std::pair<const char*, int64_t> counts[] = {{"resnet50", 25557032}, {"vgg19", 143678248}};
  for (const auto& [name, count] : counts) {
    const ModelRow& row = core::find_row(model_table(), name, "model");
    EXPECT_EQ(parameter_count(row, "batch_norm"), count) << name;
    const int64_t slots = row.name == std::string_view("vgg19") ? 16 : 53;
    EXPECT_EQ(parameter_count(row, "dyt"), count + slots) << name;
  }
}

TEST(ConvNets, StartValuesAreTorchvisions) {
  ModelConfig config = small_resnet();
  config.resnet().width = 32;
  const auto resnet = make_classifier(config);
  initialize(*resnet, config, 0);
  auto parameters = resnet->named_parameters();
  EXPECT_NEAR(parameters["layer2.0.conv2.weight"].std().item<double>(), std::sqrt(2.0 / (64 * 9)),
              1e-3);
  const double bound = 1 / std::sqrt(256.0);
  EXPECT_LE(parameters["fc.weight"].abs().max().item<double>(), bound);
  EXPECT_GT(parameters["fc.weight"].abs().max().item<double>(), 0.95 * bound);
  EXPECT_GT(parameters["fc.bias"].abs().max().item<double>(), 0);

  config = small_vgg();
  config.vgg().hidden_dim = 512;
  const auto vgg = make_classifier(config);
  initialize(*vgg, config, 0);
  parameters = vgg->named_parameters();
  EXPECT_NEAR(parameters["classifier.3.weight"].std().item<double>(), 0.01, 1e-4);
  EXPECT_EQ(parameters["features.0.bias"].abs().max().item<double>(), 0);
}

TEST(ConvNets, WhatDoesNotFit) {
  ModelConfig config = small_vgg();
  config.vgg().dims = {8};
  expect_error(core::ErrorKind::kUsage, "model.dims", [&] { config.validate(); });
  config = small_vgg();
  config.image_size() = 3;
  expect_error(core::ErrorKind::kUsage, "model.image_size", [&] { config.validate(); });
  config = small_resnet();
  config.resnet().depths = {};
  expect_error(core::ErrorKind::kUsage, "model.depths", [&] { config.validate(); });
}

}  // namespace
}  // namespace dyt::models
