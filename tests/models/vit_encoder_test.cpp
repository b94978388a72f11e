// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vit_encoder.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/positions.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_module;
using testing::fill_values;

VitConfig config_of(const std::string& norm) {
  return {.image_size = 16,
          .patch_size = 4,
          .channels = 3,
          .dim = 24,
          .depth = 3,
          .num_heads = 3,
          .norm = norm};
}

std::shared_ptr<VitEncoder> filled(const VitConfig& config) {
  auto encoder = std::make_shared<VitEncoder>(config, at::kDouble);
  encoder->eval();
  fill_module(*encoder, 0.3);
  return encoder;
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(VitEncoder, IsAVitWithTokenPoolingLessItsHead) {
  const at::NoGradGuard no_grad;
  for (const std::string norm : {"layer_norm", "dyt"}) {
    VitConfig config = config_of(norm);
    config.global_pool = "token";
    config.num_classes = 5;
    const auto vit = std::make_shared<VisionTransformer>(config, at::kDouble);
    fill_module(*vit, 0.3);
    const auto encoder = filled(config_of(norm));
    std::vector<std::string> names = vit->named_parameters().keys();
    names.resize(names.size() - 2);
    EXPECT_EQ(encoder->named_parameters().keys(), names);
    const at::Tensor images = fill_values("x", {2, 3, 16, 16});
    EXPECT_TRUE(at::equal(encoder->forward_tokens(images), vit->forward_features(images)));
    EXPECT_TRUE(at::equal(encoder->forward(images), vit->forward_features(images).select(1, 0)));
  }
}

TEST(VitEncoder, OtherSizesTakeAResampledTable) {
  const at::NoGradGuard no_grad;
  const auto encoder = filled(config_of("dyt"));
  VitConfig larger = config_of("dyt");
  larger.image_size = 24;
  const auto other = filled(larger);
  for (const auto& item : encoder->named_parameters()) {
    const bool table = item.key() == "pos_embed";
    other->named_parameters()[item.key()].copy_(table ? resample_positions_dino(item.value(), 6, 6)
                                                      : item.value());
  }
  const at::Tensor images = fill_values("x", {2, 3, 24, 24});
  EXPECT_TRUE(at::equal(encoder->forward(images), other->forward(images)));
  EXPECT_EQ(encoder->forward_tokens(fill_values("x", {1, 3, 8, 20})).sizes(),
            at::IntArrayRef({1, 1 + 2 * 5, 24}));
  expect_error(core::ErrorKind::kUsage, "H and W divisible by 4", [&] {
    encoder->forward(torch::zeros({1, 3, 16, 18}, at::kDouble));
  });
}

TEST(VitEncoder, FoldingKeepsEveryFeature) {
  const at::NoGradGuard no_grad;
  const at::Tensor images = fill_values("x", {2, 3, 16, 16});
  for (const std::string norm : {"dyt", "layer_norm", "none"}) {
    const auto encoder = filled(config_of(norm));
    const auto expected = encoder->last_tokens(images, 3);
    encoder->fold();
    const auto found = encoder->last_tokens(images, 3);
    for (int i = 0; i < 3; ++i) {
      EXPECT_LE(largest_difference(found[i], expected[i]),
                1e-12 * expected[i].abs().max().item<double>())
          << norm << " " << i;
    }
  }
}

TEST(LinearEvaluation, FeaturesOfTheLastBlocks) {
  const at::NoGradGuard no_grad;
  const auto encoder = filled(config_of("dyt"));
  const at::Tensor images = fill_values("x", {2, 3, 16, 16});
  const auto tokens = encoder->last_tokens(images, 2);
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_TRUE(at::equal(tokens[1], encoder->forward_tokens(images)));
  // The block before the last: a network that ends there, with the same norm.
  VitConfig shorter = config_of("dyt");
  shorter.depth = 2;
  EXPECT_TRUE(at::equal(tokens[0], filled(shorter)->forward_tokens(images)));
  const at::Tensor features = last_class_tokens(*encoder, images, 2);
  ASSERT_EQ(features.sizes(), at::IntArrayRef({2, 48}));
  EXPECT_TRUE(at::equal(features.slice(1, 24), encoder->forward(images)));
  EXPECT_TRUE(at::equal(features.slice(1, 0, 24), tokens[0].select(1, 0)));
  for (const int64_t count : {0, 4}) {
    expect_error(core::ErrorKind::kUsage, "1 to 3", [&] { encoder->last_tokens(images, count); });
  }
}

TEST(LinearEvaluation, ClassTokenAndMeanInTurns) {
  const at::NoGradGuard no_grad;
  const auto encoder = filled(config_of("layer_norm"));
  const at::Tensor images = fill_values("x", {2, 3, 16, 16});
  const at::Tensor tokens = encoder->forward_tokens(images);
  const at::Tensor features = class_token_and_patch_mean(*encoder, images);
  ASSERT_EQ(features.sizes(), at::IntArrayRef({2, 48}));
  for (int64_t k = 0; k < 24; ++k) {
    EXPECT_EQ(features[1][2 * k].item<double>(), tokens[1][0][k].item<double>());
    EXPECT_NEAR(features[1][2 * k + 1].item<double>(),
                tokens[1].slice(0, 1).mean(0)[k].item<double>(), 1e-14);
  }
}

}  // namespace
}  // namespace dyt::models
