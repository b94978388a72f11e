// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/mae_patches.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;

TEST(Patches, PixelsByRowColumnChannel) {
  const at::Tensor images = torch::arange(2 * 3 * 4 * 6).reshape({2, 3, 4, 6});
  const at::Tensor patches = patchify(images, 2);
  ASSERT_EQ(patches.sizes(), at::IntArrayRef({2, 6, 12}));
  const at::Tensor second_row_last = patches[1][5];  // of the grid 2 x 3
  int64_t place = 0;
  for (int64_t y = 2; y < 4; ++y) {
    for (int64_t x = 4; x < 6; ++x) {
      for (int64_t channel = 0; channel < 3; ++channel) {
        EXPECT_TRUE(at::equal(second_row_last[place++], images[1][channel][y][x]));
      }
    }
  }
}

TEST(Patches, UnpatchifyIsTheInverse) {
  const at::Tensor images = fill_values("x", {2, 5, 12, 12});
  for (const int64_t p : {1, 2, 3, 4, 6, 12}) {
    EXPECT_TRUE(at::equal(unpatchify(patchify(images, p), p), images)) << p;
  }
  const auto usage = core::ErrorKind::kUsage;
  expect_error(usage, "divisible by 5", [&] { patchify(images, 5); });
  expect_error(usage, "no square image", [] { unpatchify(torch::zeros({2, 6, 12}), 2); });
  expect_error(usage, "C * 4", [] { unpatchify(torch::zeros({2, 4, 10}), 2); });
}

TEST(Masking, LeastNoiseStays) {
  const at::Tensor noise = (fill_values("noise", {2, 16}) + 1) / 2;
  const Masking masking = mask_patches(noise, 4);
  EXPECT_TRUE(at::equal(std::get<0>(masking.kept.sort(1)),
                        torch::tensor({{5, 6, 9, 12}, {3, 7, 8, 15}}, at::kLong)));
  EXPECT_TRUE(at::equal(masking.mask.sum(1), torch::full({2}, 12, at::kDouble)));
  EXPECT_EQ(masking.mask.gather(1, masking.kept).abs().max().item<double>(), 0);
  const at::Tensor kept_noise = noise.gather(1, masking.kept);
  EXPECT_TRUE((kept_noise.diff(1, 1) > 0).all().item<bool>()) << "in the order of their noise";
  const at::Tensor order = noise.argsort(int64_t{1});
  EXPECT_TRUE(at::equal(order.gather(1, masking.inverse), torch::arange(16).expand({2, 16})));
}

TEST(Masking, OfEqualNoiseTheFirst) {
  const Masking masking = mask_patches(torch::zeros({1, 9}), 3);
  EXPECT_TRUE(at::equal(masking.kept, torch::tensor({{0, 1, 2}}, at::kLong)));
}

TEST(Masking, SomethingStaysAndSomethingGoes) {
  for (const int64_t keep : {0, 4, 5}) {
    expect_error(core::ErrorKind::kUsage, "noise that decides nothing", [&] {
      mask_patches(torch::zeros({1, 4}), keep);
    });
  }
}

TEST(PatchTargets, UnbiasedVarianceOfEachPatch) {
  const at::Tensor images = fill_values("x", {2, 3, 8, 8});
  const at::Tensor plain = patch_targets(images, 4, false);
  EXPECT_TRUE(at::equal(plain, patchify(images, 4)));
  const at::Tensor patch = plain[1][2];
  const at::Tensor centred = patch - patch.mean();
  const at::Tensor expected = centred / (centred.square().sum() / 47 + 1e-6).sqrt();
  const at::Tensor found = patch_targets(images, 4, true)[1][2];
  EXPECT_LT((found - expected).abs().max().item<double>(), 1e-13);
  EXPECT_TRUE(patch_targets(torch::ones({1, 1, 4, 4}), 2, true).isfinite().all().item<bool>());
}

TEST(PatchLoss, AverageOverTheRemovedPatchesOfTheBatch) {
  const at::Tensor target = torch::zeros({2, 3, 4});
  const at::Tensor pred =
      torch::tensor({{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}).unsqueeze(2).expand({2, 3, 4});
  const at::Tensor mask = torch::tensor({{1.0, 0.0, 0.0}, {0.0, 1.0, 1.0}});
  EXPECT_NEAR(masked_patch_loss(pred, target, mask).item<double>(), (1 + 25 + 36) / 3.0, 1e-6)
      << "three patches count the same, whichever image they are of";
}

TEST(Pictures, KeptPatchesStayPixelForPixel) {
  const at::Tensor images = fill_values("x", {2, 3, 16, 16});
  const Masking masking = mask_patches(fill_values("noise", {2, 16}), 4);
  for (const bool norm_pix : {false, true}) {
    const at::Tensor truth = patch_targets(images, 4, norm_pix);
    const at::Tensor perfect = paint_predictions(images, truth, masking.mask, 4, norm_pix);
    EXPECT_LT((perfect - images).abs().max().item<double>(), 1e-12)
        << "the targets as predictions give the images";
    const at::Tensor other = paint_predictions(images, truth + 1, masking.mask, 4, norm_pix);
    const at::Tensor changed = (patchify(other - images, 4).abs() > 1e-9).all(-1);
    EXPECT_TRUE(at::equal(changed, masking.mask.to(at::kBool)));
    EXPECT_EQ(patchify(other - images, 4)
                  .masked_select(~changed.unsqueeze(-1))
                  .abs()
                  .max()
                  .item<double>(),
              0);
  }
  const at::Tensor hidden = patchify(hide_patches(images, masking.mask, 4, 0.5), 4);
  EXPECT_TRUE(at::equal((hidden == 0.5).all(-1), masking.mask.to(at::kBool)));
}

}  // namespace
}  // namespace dyt::models
