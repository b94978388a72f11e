// SPDX-License-Identifier: Apache-2.0
// A small ViT and a small ConvNeXt against PyTorch and timm: scripts/golden/vit_golden.py and
// convnext_golden.py say what their files hold.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/model_config.h"
#include "dyt/optim/adamw.h"
#include "tests/support/fill.h"
#include "tests/support/golden_file.h"

namespace dyt::models {
namespace {

using testing::fill_module;
using testing::fill_values;
using testing::GoldenFile;

constexpr int kSteps = 10;
constexpr double kLr = 1e-3;

ModelConfig small_vit() {
  return {.name = "vit",
          .family = VitModel{.sizes = {.image_size = 16,
                                       .patch_size = 4,
                                       .channels = 3,
                                       .num_classes = 5,
                                       .dim = 32,
                                       .depth = 2,
                                       .num_heads = 4}}};
}

ModelConfig small_convnext() {
  return {.name = "convnext",
          .family = ConvNextModel{.sizes = {.image_size = 64,
                                            .channels = 3,
                                            .num_classes = 5,
                                            .depths = {1, 1, 2, 1},
                                            .dims = {4, 8, 12, 16},
                                            .patch_size = 4}}};
}

struct GoldenCase {
  std::string file, norm;
  ModelConfig (*config)();
  at::ScalarType type;
  double tolerance, tolerance_after;  // of each tensor's largest magnitude
};

class Golden : public ::testing::TestWithParam<GoldenCase> {
 protected:
  Golden() : golden_(GetParam().file) {
    ModelConfig config = GetParam().config();
    config.norm() = GetParam().norm;
    model_ = make_classifier(config, GetParam().type);
    fill_module(*model_, 0.3);
    const int64_t side = config.image_size();
    images_ = fill_values("x", {4, 3, side, side}).to(GetParam().type);
    labels_ = golden_.stored("labels", at::kLong);
  }

  at::Tensor loss() { return at::cross_entropy_loss(model_->forward(images_), labels_); }

  GoldenFile golden_;
  std::shared_ptr<ImageClassifier> model_;
  at::Tensor images_, labels_;
};

TEST_P(Golden, NamesStandInTimmsOrder) {
  EXPECT_EQ(model_->named_parameters().keys(), golden_.names());
}

TEST_P(Golden, LogitsLossAndEveryGradient) {
  const double tolerance = GetParam().tolerance;
  golden_.expect_close(model_->forward(images_), "logits", tolerance);
  const at::Tensor value = loss();
  golden_.expect_close(value, "loss", tolerance);
  value.backward();
  for (const auto& item : model_->named_parameters()) {
    golden_.expect_close(item.value().grad(), "grad." + item.key(), tolerance);
  }
}

TEST_P(Golden, TenAdamWSteps) {
  const double tolerance = GetParam().tolerance_after;
  optim::AdamW optimizer(optim::named_parameters(*model_),
                         {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .weight_decay = 0.05});
  for (int step = 1; step <= kSteps; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step(kLr);
  }
  for (const auto& item : model_->named_parameters()) {
    // Softmax does not feel a shift of the keys: their bias has a true gradient of zero, and AdamW
    // turns its rounding noise into steps of full size.
    const bool keys = item.key().ends_with("qkv.bias");
    golden_.expect_close(item.value(), "after." + item.key(), tolerance, keys ? 32 : 0,
                         keys ? 64 : 0);
  }
  golden_.expect_close(loss(), "loss_after", tolerance);
}

std::string case_name(const ::testing::TestParamInfo<GoldenCase>& info) {
  return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
}

INSTANTIATE_TEST_SUITE_P(
    Vit, Golden,
    ::testing::Values(GoldenCase{"vit_ln", "layer_norm", small_vit, at::kDouble, 1e-9, 1e-9},
                      GoldenCase{"vit_ln", "layer_norm", small_vit, at::kFloat, 1e-5, 1e-4},
                      GoldenCase{"vit_dyt", "dyt", small_vit, at::kDouble, 1e-9, 1e-9},
                      GoldenCase{"vit_dyt", "dyt", small_vit, at::kFloat, 1e-5, 1e-4}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    ConvNext, Golden,
    ::testing::Values(
        GoldenCase{"convnext_ln", "layer_norm", small_convnext, at::kDouble, 1e-9, 1e-9},
        // Over 4 channels, LayerNorm leaves of a convolution's bias a gradient of differences.
        GoldenCase{"convnext_ln", "layer_norm", small_convnext, at::kFloat, 1e-4, 1e-4},
        GoldenCase{"convnext_dyt", "dyt", small_convnext, at::kDouble, 1e-9, 1e-9},
        GoldenCase{"convnext_dyt", "dyt", small_convnext, at::kFloat, 1e-5, 1e-4}),
    case_name);

}  // namespace
}  // namespace dyt::models
