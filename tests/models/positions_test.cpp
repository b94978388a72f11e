// SPDX-License-Identifier: Apache-2.0
// MAE's and DINO's position tables; timm's rule stands in conformance_test.cpp.
#include "dyt/models/positions.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;

constexpr double kPositionsTolerance = 1e-9;

void expect_values(const at::Tensor& found, const std::vector<double>& expected,
                   double tolerance = kPositionsTolerance) {
  ASSERT_GE(found.numel(), static_cast<int64_t>(expected.size()));
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[static_cast<int64_t>(i)].item<double>(), expected[i], tolerance) << i;
  }
}

TEST(Positions, MaesRule) {
  const at::Tensor table = fill_values("pos", {1, 17, 4});
  const at::Tensor larger = resample_positions_mae(table, 6);
  ASSERT_EQ(larger.sizes(), at::IntArrayRef({1, 37, 4}));
  EXPECT_NEAR(larger.sum().item<double>(), -8.5395790763, kPositionsTolerance);
  EXPECT_NEAR(larger.abs().sum().item<double>(), 60.0771164443, kPositionsTolerance);
  expect_values(larger[0][1], {-0.4393386738, 0.5287275258, -0.1660452103, -0.7043593533});
  EXPECT_NEAR(larger.flatten()[-1].item<double>(), 0.9358719704, kPositionsTolerance);
  EXPECT_TRUE(at::equal(larger.slice(1, 0, 1), table.slice(1, 0, 1)));
  EXPECT_TRUE(resample_positions_mae(table, 4).is_same(table));
}

TEST(Positions, DinosRule) {
  const at::Tensor table = fill_values("backbone.pos_embed", {1, 17, 24}) * 0.3;
  const at::Tensor smaller = resample_positions_dino(table, 2, 2);
  ASSERT_EQ(smaller.sizes(), at::IntArrayRef({1, 5, 24}));
  EXPECT_NEAR(smaller.sum().item<double>(), 1.5793591902, kPositionsTolerance);
  expect_values(smaller[0][1], {0.1574457715, 0.0655016001, 0.0700889611, 0.0246438111});
  EXPECT_NEAR(smaller.flatten()[-1].item<double>(), 0.2111252597, kPositionsTolerance);
  EXPECT_TRUE(resample_positions_dino(table, 4, 4).is_same(table));
}

// Cubic convolution (a = -3/4) at fraction t of the taps at -1, 0, 1, 2.
double tap(double x) {
  constexpr double a = -0.75;
  x = std::abs(x);
  return x <= 1 ? (a + 2) * x * x * x - (a + 3) * x * x + 1
                : a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
}

TEST(Positions, DinosRowsAndColumnsScaleByThemselves) {
  constexpr int64_t g = 4, rows = 3, columns = 6;
  const at::Tensor table = fill_values("pos", {1, 1 + g * g, 2});
  const at::Tensor found = resample_positions_dino(table, rows, columns);
  ASSERT_EQ(found.sizes(), at::IntArrayRef({1, 1 + rows * columns, 2}));
  const auto weights_of = [&](int64_t o, int64_t side) {  // of the g old places
    const double at = g / (side + 0.1) * (o + 0.5) - 0.5;
    const auto whole = static_cast<int64_t>(std::floor(at));
    std::vector<double> weights(g);
    for (int64_t k = whole - 1; k <= whole + 2; ++k) {
      weights[std::clamp<int64_t>(k, 0, g - 1)] += tap(at - static_cast<double>(k));
    }
    return weights;
  };
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t column = 0; column < columns; ++column) {
      const auto down = weights_of(row, rows), across = weights_of(column, columns);
      double expected = 0;
      for (int64_t r = 0; r < g; ++r) {
        for (int64_t c = 0; c < g; ++c) {
          expected += down[r] * across[c] * table[0][1 + r * g + c][1].item<double>();
        }
      }
      EXPECT_NEAR(found[0][1 + row * columns + column][1].item<double>(), expected, 1e-12);
    }
  }
}

TEST(Positions, DinosRuleLetsGradientsThrough) {
  const at::Tensor table = fill_values("pos", {1, 17, 4}).requires_grad_();
  resample_positions_dino(table, 6, 6).sum().backward();
  EXPECT_GT(table.grad().abs().min().item<double>(), 0);
}

TEST(Positions, SinesAndCosinesOfColumnThenRow) {
  const at::Tensor table = sincos_positions(24, 4, true);
  ASSERT_EQ(table.sizes(), at::IntArrayRef({1, 17, 24}));
  EXPECT_EQ(table.scalar_type(), at::kFloat);
  EXPECT_EQ(table[0][0].abs().max().item<float>(), 0) << "the class entry";
  const std::vector<double> cell01 = {
      0.84147096, 0.21378067, 0.04639922, 0.00999983, 0.00215443, 0.00046416,  //
      0.54030228, 0.97688168, 0.99892300, 0.99995,    0.99999768, 0.99999988,  //
      0,          0,          0,          0,          0,          0,           //
      1,          1,          1,          1,          1,          1};
  expect_values(table[0][2], cell01, 5e-8);
  EXPECT_TRUE(at::equal(table[0][5].slice(0, 12), table[0][2].slice(0, 0, 12)))
      << "cell (1, 0): the same, in the second half";
  EXPECT_TRUE(at::equal(sincos_positions(24, 4, false), table.slice(1, 1)));
}

TEST(Positions, WhatIsNoTable) {
  const auto usage = core::ErrorKind::kUsage;
  expect_error(usage, "cannot be resampled", [] {
    resample_positions_mae(torch::zeros({1, 16, 4}), 6);
  });
  expect_error(usage, "cannot be resampled", [] {
    resample_positions_dino(torch::zeros({1, 17, 4}), 0, 3);
  });
  expect_error(usage, "a width divisible by 4", [] { sincos_positions(18, 4, true); });
}

}  // namespace
}  // namespace dyt::models
