// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/curve_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace dyt::analysis {
namespace {

struct Points {
  std::vector<double> x, y;
};

template <class Function>
Points curve(double low, double high, const Function& function) {
  Points points;
  for (int i = 0; i <= 400; ++i) {
    points.x.push_back(low + (high - low) * i / 400);
    points.y.push_back(function(points.x.back()));
  }
  return points;
}

TEST(FitLine, FindsALine) {
  const Points points = curve(-3, 5, [](double x) { return 2 * x - 1; });
  const LineFit line = fit_line(points.x, points.y);
  EXPECT_NEAR(line.slope, 2, 1e-12);
  EXPECT_NEAR(line.offset, -1, 1e-12);
  EXPECT_NEAR(line.r2, 1, 1e-12);
}

TEST(FitTanh, FindsTheCurveAtAnyScale) {
  for (const double unit : {1e-4, 1.0, 300.0}) {
    const Points points =
        curve(-4 * unit, 9 * unit, [&](double x) { return 5 * std::tanh(0.7 * x / unit) + 0.3; });
    const TanhFit fit = fit_tanh(points.x, points.y);
    EXPECT_NEAR(fit.alpha * unit, 0.7, 1e-6) << unit;
    EXPECT_NEAR(fit.scale, 5, 1e-5) << unit;
    EXPECT_NEAR(fit.offset, 0.3, 1e-5) << unit;
    EXPECT_NEAR(fit.r2, 1, 1e-12) << unit;
  }
}

TEST(FitTanh, NeverExplainsLessThanTheLine) {
  const Points line = curve(-2, 2, [](double x) { return 3 * x + 1; });
  EXPECT_NEAR(fit_tanh(line.x, line.y).r2, 1, 1e-5);
  const Points wiggle = curve(-2, 2, [](double x) { return x + std::sin(9 * x); });
  EXPECT_GE(fit_tanh(wiggle.x, wiggle.y).r2, fit_line(wiggle.x, wiggle.y).r2 - 1e-6);
}

// R^2 of line and tanh for the model of trained norms where tokens differ in their spread:
// x = sigma * n, y = n, with sigma log-normal. Logistic quantiles stand for
// the normal's.
TEST(FitTanh, BeatsTheLineWhereTokensDifferInSpread) {
  Points points;
  for (int token = 0; token < 200; ++token) {
    const double quantile = (token + 0.5) / 200;
    const double sigma = std::exp(0.5 * 1.702 * 0.5878 * std::log(quantile / (1 - quantile)));
    for (int channel = 0; channel < 40; ++channel) {
      const double share = (channel + 0.5) / 40;
      const double normal = 0.5878 * std::log(share / (1 - share));
      points.x.push_back(sigma * normal);
      points.y.push_back(normal);
    }
  }
  EXPECT_GT(fit_tanh(points.x, points.y).r2, fit_line(points.x, points.y).r2 + 0.05);
}

TEST(Fits, OfNothingThatVaries) {
  const std::vector<double> same(5, 2.0), rising = {1, 2, 3, 4, 5};
  EXPECT_EQ(fit_line(same, rising).r2, 0);
  EXPECT_EQ(fit_tanh(same, rising).offset, 3);
  EXPECT_EQ(fit_line(rising, same).r2, 0);
  EXPECT_EQ(fit_tanh(rising, same).r2, 0);
}

TEST(Correlation, IsPearsonsWithFishersInterval) {
  const std::vector<double> x = {1, 2, 3, 4, 5, 6}, y = {2, 1, 4, 3, 7, 5};
  const auto result = correlation(x, y);
  ASSERT_TRUE(result.has_value());
  // Python: statistics.correlation, and NormalDist().inv_cdf(0.975) / sqrt(n - 3).
  EXPECT_NEAR(result->r, 0.7917946548886297, 1e-12);
  EXPECT_NEAR(*result->low, -0.05530515967333929, 1e-9);
  EXPECT_NEAR(*result->high, 0.9761145801153426, 1e-9);
}

TEST(Correlation, NeedsThreePairsThatVary) {
  const std::vector<double> two = {1, 2}, three = {1, 2, 3}, same = {1, 1, 1};
  EXPECT_FALSE(correlation(two, two).has_value());
  EXPECT_FALSE(correlation(three, same).has_value());
  ASSERT_TRUE(correlation(three, three).has_value());
  EXPECT_FALSE(correlation(three, three)->low.has_value());
}

}  // namespace
}  // namespace dyt::analysis
