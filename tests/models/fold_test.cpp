// SPDX-License-Identifier: Apache-2.0
// A folded model gives the logits of the model it was made of.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/vit.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;

VitConfig foldable_config(const std::string& norm) {
  return {.image_size = 8, .channels = 3, .num_classes = 7, .dim = 24, .depth = 3, .norm = norm};
}

std::shared_ptr<VisionTransformer> filled_vit(const VitConfig& config, at::ScalarType type) {
  auto model = std::make_shared<VisionTransformer>(config, at::TensorOptions().dtype(type));
  fill_module(*model, 0.3);
  model->eval();
  return model;
}

at::Tensor images_of(at::ScalarType type) {
  torch::manual_seed(3);
  return torch::randn({5, 3, 8, 8}, at::kDouble).to(type);
}

// Of the largest logit.
double largest_difference_of_outputs(const at::Tensor& found, const at::Tensor& expected) {
  return ((found - expected).abs().max() / expected.abs().max()).item<double>();
}

void expect_same_logits(const VitConfig& config, at::ScalarType type, double most) {
  const auto model = filled_vit(config, type);
  const at::Tensor images = images_of(type), before = images.clone();
  const at::NoGradGuard no_grad;
  const at::Tensor expected = model->forward(images);
  model->fold();
  const at::Tensor found = model->forward(images);
  EXPECT_LE(largest_difference_of_outputs(found, expected), most);
  EXPECT_TRUE(torch::equal(images, before));
  EXPECT_TRUE(torch::equal(model->forward(images), found)) << "nothing in place outlives a call";
  model->fold();
  EXPECT_TRUE(torch::equal(model->forward(images), found)) << "a second fold changes nothing";
}

class Fold : public ::testing::TestWithParam<const char*> {};

TEST_P(Fold, LogitsStay) {
  for (const char* pool : {"avg", "token"}) {
    for (const bool qk_norm : {false, true}) {
      VitConfig config = foldable_config(GetParam());
      config.global_pool = pool;
      config.qk_norm = qk_norm;
      config.init_values = qk_norm ? 0.1 : 0;
      SCOPED_TRACE(std::string(pool) + (qk_norm ? " qk_norm" : ""));
      expect_same_logits(config, at::kDouble, 1e-12);
      expect_same_logits(config, at::kFloat, 1e-5);
    }
  }
}

TEST_P(Fold, LeavesNoAffineStepButThoseOfQueriesAndKeys) {
  VitConfig config = foldable_config(GetParam());
  config.qk_norm = true;
  const auto model = filled_vit(config, at::kFloat);
  model->fold();
  for (const auto& item : model->named_parameters()) {
    const bool slot = item.key().find("norm") != std::string::npos;
    const bool affine = item.key().ends_with(".weight") || item.key().ends_with(".bias");
    EXPECT_FALSE(slot && affine && item.key().find("attn.") == std::string::npos) << item.key();
  }
}

TEST_P(Fold, WithGradientsNothingIsOverwritten) {
  const auto model = filled_vit(foldable_config(GetParam()), at::kFloat);
  const at::Tensor images = images_of(at::kFloat);
  const at::Tensor expected = model->forward(images);
  model->fold();
  const at::Tensor found = model->forward(images);
  EXPECT_LE(largest_difference_of_outputs(found, expected), 1e-5);
  EXPECT_NO_THROW(found.sum().backward());
}

INSTANTIATE_TEST_SUITE_P(Norms, Fold,
                         ::testing::Values("dyt", "derf", "isru", "dyt:bias=false",
                                           "dyt:weight=false", "layer_norm", "rms_norm", "none"));

TEST(FoldedFeatures, AreRefusedWhereTheLastNormIsPartOfThem) {
  VitConfig config = foldable_config("dyt");
  const at::Tensor images = images_of(at::kFloat);
  const auto averaged = filled_vit(config, at::kFloat);
  const at::Tensor expected = averaged->forward_features(images);
  averaged->fold();
  EXPECT_LE(largest_difference_of_outputs(averaged->forward_features(images), expected), 1e-5);
  config.global_pool = "token";
  const auto token = filled_vit(config, at::kFloat);
  token->fold();
  expect_error(core::ErrorKind::kUsage, "a folded model with token pooling has no features",
               [&] { token->forward_features(images); });
}

}  // namespace
}  // namespace dyt::models
