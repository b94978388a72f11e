// SPDX-License-Identifier: Apache-2.0
// The autoencoder against printed values of the latent-diffusion module: outputs at a quarter of
// the width for a deterministic fill, parameter counts, names.
#include "dyt/models/vae.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/vit.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;

constexpr double kVaeTolerance = 1e-9;

// Weights of two or more dimensions sqrt(3 / fan_in) h, biases 0.1 h, norms' weights 1 + 0.2 h.
std::shared_ptr<Vae> filled_quarter() {
  auto vae = std::make_shared<Vae>(VaeConfig{.widths = {32, 64, 128, 128}}, at::kDouble);
  for (const auto& item : vae->named_parameters()) {
    const at::Tensor parameter = item.value().detach();
    const at::Tensor h = fill_values(item.key(), parameter.sizes());
    if (parameter.dim() > 1) {
      const auto fan_in = static_cast<double>(parameter[0].numel());
      parameter.copy_(std::sqrt(3 / fan_in) * h);
    } else {
      parameter.copy_(item.key().ends_with("bias") ? 0.1 * h : 1 + 0.2 * h);
    }
  }
  return vae;
}

void expect_printed_values(const at::Tensor& found, double sum, const std::vector<double>& first) {
  EXPECT_NEAR(found.sum().item<double>(), sum, kVaeTolerance);
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_NEAR(found.flatten()[static_cast<int64_t>(i)].item<double>(), first[i], kVaeTolerance);
  }
}

TEST(Vae, PrintedMoments) {
  const at::NoGradGuard no_grad;
  const at::Tensor moments = filled_quarter()->encode_moments(fill_values("x", {1, 3, 16, 16}));
  ASSERT_EQ(moments.sizes(), at::IntArrayRef({1, 8, 2, 2}));
  expect_printed_values(moments, -5.3386516551, {-1.1397333479, -0.7913540906, 0.3171566163});
}

TEST(Vae, PrintedDecoding) {
  const at::NoGradGuard no_grad;
  const at::Tensor image = filled_quarter()->decode(fill_values("z", {1, 4, 2, 2}));
  ASSERT_EQ(image.sizes(), at::IntArrayRef({1, 3, 16, 16}));
  expect_printed_values(image, 259.2374308209, {0.6715699410, 0.4758292152});
  EXPECT_NEAR(image.flatten()[-1].item<double>(), 0.3240157902, kVaeTolerance);
}

TEST(Vae, ParameterCountsAreThePublishedOnes) {
  const Vae vae(VaeConfig{}, at::kMeta);
  EXPECT_EQ(parameter_count(vae), 83653863);
  EXPECT_EQ(vae.parameters().size(), 248U);
  const auto children = vae.named_children();
  EXPECT_EQ(parameter_count(*children["encoder"]), 34163592);
  EXPECT_EQ(parameter_count(*children["decoder"]), 49490179);
  EXPECT_EQ(parameter_count(*children["quant_conv"]), 72);
  EXPECT_EQ(parameter_count(*children["post_quant_conv"]), 20);
}

TEST(Vae, NamesAreDiffusers) {
  const auto parameters = Vae(VaeConfig{}, at::kMeta).named_parameters();
  for (const char* name :
       {"encoder.conv_in.weight", "encoder.down_blocks.0.resnets.1.norm2.bias",
        "encoder.down_blocks.1.resnets.0.conv_shortcut.weight",
        "encoder.down_blocks.2.resnets.0.conv_shortcut.bias",
        "encoder.down_blocks.2.downsamplers.0.conv.weight",
        "encoder.mid_block.resnets.1.conv1.bias",
        "encoder.mid_block.attentions.0.group_norm.weight",
        "encoder.mid_block.attentions.0.to_out.0.bias", "encoder.conv_norm_out.weight",
        "encoder.conv_out.bias", "decoder.mid_block.attentions.0.to_q.weight",
        "decoder.up_blocks.0.resnets.2.conv2.weight", "decoder.up_blocks.2.upsamplers.0.conv.bias",
        "decoder.up_blocks.2.resnets.0.conv_shortcut.weight",
        "decoder.up_blocks.3.resnets.0.conv_shortcut.bias", "post_quant_conv.weight"}) {
    EXPECT_TRUE(parameters.contains(name)) << name;
  }
  for (const char* name : {"encoder.down_blocks.0.resnets.0.conv_shortcut.weight",
                           "encoder.down_blocks.3.resnets.0.conv_shortcut.weight",
                           "encoder.down_blocks.3.downsamplers.0.conv.weight",
                           "decoder.up_blocks.1.resnets.0.conv_shortcut.weight",
                           "decoder.up_blocks.3.upsamplers.0.conv.weight"}) {
    EXPECT_FALSE(parameters.contains(name)) << name;
  }
  EXPECT_EQ(parameters["decoder.mid_block.attentions.0.to_q.weight"].sizes(),
            at::IntArrayRef({512, 512}));
}

TEST(Vae, LatentsAreDrawnFromTheCutGaussian) {
  const at::NoGradGuard no_grad;
  const auto vae = filled_quarter();
  vae->named_parameters()["quant_conv.bias"].slice(0, 4).fill_(50);
  const LatentGaussian latents = vae->encode(fill_values("x", {1, 3, 16, 16}));
  EXPECT_EQ(latents.log_variance.min().item<double>(), 20);
  const at::Tensor noise = fill_values("noise", {1, 4, 2, 2});
  const at::Tensor spread = sample_latents(latents, noise) - latents.mean;
  EXPECT_LE((spread / std::exp(10.0) - noise).abs().max().item<double>(), 1e-12);
}

TEST(Vae, WhatDoesNotFit) {
  expect_error(core::ErrorKind::kUsage, "model.widths", [] { Vae(VaeConfig{.widths = {32, 48}}); });
  expect_error(core::ErrorKind::kUsage, "model.blocks", [] { Vae(VaeConfig{.blocks = 0}); });
  const Vae vae(VaeConfig{.widths = {32, 32}});
  expect_error(core::ErrorKind::kUsage, "divisible by 2", [&] {
    vae.encode(torch::zeros({1, 3, 7, 8}));
  });
  expect_error(core::ErrorKind::kUsage, "these latents", [&] {
    vae.decode(torch::zeros({1, 3, 8, 8}));
  });
}

}  // namespace
}  // namespace dyt::models
