// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/augment.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/vision.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>

namespace dyt::data {
namespace {

namespace functional = torch::nn::functional;

std::vector<uint8_t> random_pixels(int64_t count, std::string_view name) {
  core::RandomStream random(0, name);
  std::vector<uint8_t> pixels(count);
  for (uint8_t& pixel : pixels) {
    pixel = static_cast<uint8_t>(random.below(256));
  }
  return pixels;
}

std::vector<float> warped(const std::vector<uint8_t>& pixels, int64_t side, const Affine& affine) {
  std::vector<float> output(pixels.size());
  warp({pixels.data(), side, side}, affine, output.data());
  return output;
}

// The same map by LibTorch, in fp64; its grid counts from -1 to 1 across the image.
at::Tensor warped_by_libtorch(const std::vector<uint8_t>& pixels, int64_t side,
                              const Affine& affine) {
  const double radians = affine.angle * std::numbers::pi / 180;
  const double cosine = std::cos(radians) / affine.scale;
  const double sine = std::sin(radians) / affine.scale;
  const double shift_x = 2 * affine.shift_x / static_cast<double>(side);
  const double shift_y = 2 * affine.shift_y / static_cast<double>(side);
  const at::Tensor theta = torch::tensor({cosine, sine, -(cosine * shift_x + sine * shift_y),  //
                                          -sine, cosine, sine * shift_x - cosine * shift_y},
                                         at::kDouble)
                               .view({1, 2, 3});
  const at::Tensor image =
      torch::tensor(at::ArrayRef<uint8_t>(pixels)).to(at::kDouble).view({1, 1, side, side});
  const at::Tensor grid = functional::affine_grid(theta, {1, 1, side, side}, false);
  return functional::grid_sample(image, grid,
                                 functional::GridSampleFuncOptions()
                                     .mode(torch::kBilinear)
                                     .padding_mode(torch::kZeros)
                                     .align_corners(false))
      .flatten();
}

TEST(Warp, NoChangeIsExact) {
  for (const int64_t side : {1, 2, 7, 8, 28}) {
    const auto pixels = random_pixels(side * side, "identity");
    EXPECT_EQ(warped(pixels, side, {}), std::vector<float>(pixels.begin(), pixels.end())) << side;
  }
}

TEST(Warp, WholePixelsMoveAndBackgroundComesIn) {
  const std::vector<uint8_t> pixels = {1, 2, 3,  //
                                       4, 5, 6,  //
                                       7, 8, 9};
  EXPECT_EQ(warped(pixels, 3, {.shift_x = 1}), (std::vector<float>{0, 1, 2,  //
                                                                   0, 4, 5,  //
                                                                   0, 7, 8}));
  EXPECT_EQ(warped(pixels, 3, {.shift_y = -1}), (std::vector<float>{4, 5, 6,  //
                                                                    7, 8, 9,  //
                                                                    0, 0, 0}));
  EXPECT_EQ(warped(pixels, 3, {.shift_x = 0.5})[4], 4.5f);
  EXPECT_EQ(warped(pixels, 3, {.shift_x = 0.5})[3], 2.0f);  // half of it is background
  EXPECT_EQ(warped(pixels, 3, {.shift_x = 40}), std::vector<float>(9, 0.0f));
}

TEST(Warp, PositiveAnglesTurnClockwise) {
  const std::vector<uint8_t> pixels = {1, 2, 3,  //
                                       4, 5, 6,  //
                                       7, 8, 9};
  const std::vector<float> turned = warped(pixels, 3, {.angle = 90});
  const std::vector<float> expected = {7, 4, 1,  //
                                       8, 5, 2,  //
                                       9, 6, 3};
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(turned[i], expected[i], 1e-6) << i;
  }
}

TEST(Warp, AgreesWithLibTorch) {
  core::RandomStream random(0, "warp");
  for (const int64_t side : {1, 2, 3, 8, 13, 28, 64}) {
    const auto pixels = random_pixels(side * side, "oracle");
    for (int round = 0; round < 50; ++round) {
      const Affine affine{.shift_x = random.uniform(-2, 2),
                          .shift_y = random.uniform(-2, 2),
                          .angle = random.uniform(-180, 180),
                          .scale = random.uniform(0.1, 3)};
      const std::vector<float> output = warped(pixels, side, affine);
      const at::Tensor expected = warped_by_libtorch(pixels, side, affine);
      const double* exact = expected.const_data_ptr<double>();
      for (size_t i = 0; i < output.size(); ++i) {
        ASSERT_NEAR(output[i], exact[i], 0x1p-24 * std::abs(exact[i]) + 1e-9) << side << " " << i;
      }
    }
  }
}

TEST(DrawAffine, StaysInItsBoundsAndFillsThem) {
  const AugmentConfig config{.shift = 0.5, .rotate = 10, .scale = 0.1};
  double largest_shift = 0;
  double largest_angle = 0;
  double largest_scale = 0;
  for (uint64_t sample = 0; sample < 2000; ++sample) {
    core::RandomStream random(0, "augment", {0, sample});
    const Affine affine = draw_affine(config, random);
    largest_shift = std::max({largest_shift, std::abs(affine.shift_x), std::abs(affine.shift_y)});
    largest_angle = std::max(largest_angle, std::abs(affine.angle));
    largest_scale = std::max(largest_scale, std::abs(affine.scale - 1));
  }
  EXPECT_LE(largest_shift, 0.5);
  EXPECT_GT(largest_shift, 0.49);
  EXPECT_LE(largest_angle, 10);
  EXPECT_GT(largest_angle, 9.9);
  EXPECT_LE(largest_scale, 0.1 + 1e-12);
  EXPECT_GT(largest_scale, 0.099);
}

TEST(DrawAffine, ZeroAmplitudesChangeNothing) {
  core::RandomStream random(0, "augment", {0, 1});
  const Affine affine = draw_affine({.shift = 0, .rotate = 0, .scale = 0}, random);
  EXPECT_EQ(affine.shift_x, 0);
  EXPECT_EQ(affine.shift_y, 0);
  EXPECT_EQ(affine.angle, 0);
  EXPECT_EQ(affine.scale, 1);
}

}  // namespace
}  // namespace dyt::data
