// SPDX-License-Identifier: Apache-2.0
// FID, Inception score, precision and recall: printed values of the conformance vectors, known
// answers, degenerate sets.
#include "dyt/analysis/sample_quality.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::analysis {
namespace {

using testing::expect_error;
using testing::fill_values;

at::Tensor set_x() { return fill_values("fx", {64, 8}); }
at::Tensor set_y() { return 1.3 * fill_values("fy", {64, 8}) + 0.2; }

double fid(const at::Tensor& a, const at::Tensor& b) {
  return frechet_distance(feature_statistics(a), feature_statistics(b));
}

double total_variance(const at::Tensor& features) {
  return feature_statistics(features).covariance.trace().item<double>();
}

TEST(FrechetDistance, PrintedValue) {
  EXPECT_NEAR(fid(set_x(), set_y()), 0.8336366332, 1e-9);
  EXPECT_NEAR(fid(set_y(), set_x()), 0.8336366332, 1e-9);
}

TEST(FrechetDistance, StatisticsAreThoseOfTheWhole) {
  const at::Tensor features = fill_values("many", {2500, 5}) + 1e3;  // three blocks, far from 0
  const FeatureStatistics found = feature_statistics(features);
  EXPECT_EQ(found.count, 2500);
  EXPECT_LE((found.mean - features.mean(0)).abs().max().item<double>(), 1e-11);
  EXPECT_LE((found.covariance - features.t().cov()).abs().max().item<double>(), 1e-12);
  const FeatureStatistics of_float = feature_statistics(set_x().to(at::kFloat));
  EXPECT_EQ(of_float.covariance.scalar_type(), at::kDouble);
}

TEST(FrechetDistance, OfASetWithItselfIsZero) {
  EXPECT_LE(fid(set_x(), set_x()), 1e-12 * total_variance(set_x()));
  const at::Tensor few = fill_values("few", {10, 40});
  EXPECT_LE(fid(few, few), 1e-11 * total_variance(few)) << "a singular covariance";
}

TEST(FrechetDistance, ShiftAndScaleAreKnown) {
  EXPECT_NEAR(fid(set_x(), set_x() + 0.5), 8 * 0.25, 1e-10);
  EXPECT_NEAR(fid(set_x(), set_x() * 3 - 2 * set_x().mean(0)), 4 * total_variance(set_x()), 1e-10);
}

TEST(FrechetDistance, FeaturesWithoutVariance) {
  at::Tensor a = set_x().clone(), b = set_y().clone();
  a.select(1, 2).fill_(1);
  b.select(1, 2).fill_(4);
  const auto without = [](const at::Tensor& set) {
    return torch::cat({set.slice(1, 0, 2), set.slice(1, 3)}, 1);
  };
  EXPECT_NEAR(fid(a, b), fid(without(a), without(b)) + 9, 1e-10) << "the means' distance alone";
  const at::Tensor constant = torch::full({5, 8}, 2.0);
  EXPECT_EQ(fid(constant, constant), 0);
  EXPECT_NEAR(fid(constant, constant + 1), 8, 1e-12);
}

TEST(FrechetDistance, FewerSamplesThanFeaturesGiveTooMuch) {
  const auto distance_of = [](int64_t count) {
    return fid(fill_values("one" + std::to_string(count), {count, 30}),
               fill_values("two" + std::to_string(count), {count, 30}));
  };
  const double of_few = distance_of(15), of_some = distance_of(200), of_many = distance_of(5000);
  EXPECT_GT(of_few, 4 * of_some);
  EXPECT_GT(of_some, 4 * of_many);
  EXPECT_LT(of_many, 0.1);
}

TEST(FrechetDistance, OfFewerPicturesThanFeaturesIsTheSameByTheShorterWay) {
  const at::Tensor a = fill_values("a", {12, 40}) + 3, b = 1.5 * fill_values("b", {9, 40});
  EXPECT_NEAR(frechet_distance(a, b), fid(a, b), 1e-8 * (total_variance(a) + total_variance(b)));
  EXPECT_NEAR(frechet_distance(a, a + 0.5), 40 * 0.25, 1e-11);
  EXPECT_NEAR(frechet_distance(a, a * 3 - 2 * a.mean(0)), 4 * total_variance(a), 1e-10);
  EXPECT_LE(frechet_distance(a, a), 1e-11 * total_variance(a));
  EXPECT_NEAR(frechet_distance(set_x(), set_y()), 0.8336366332, 1e-9) << "the longer way";
  EXPECT_EQ(frechet_distance(torch::full({3, 8}, 2.0), torch::full({3, 8}, 2.0)), 0);
  expect_error(core::ErrorKind::kUsage, "40 features", [&] {
    frechet_distance(a, fill_values("c", {9, 39}));
  });
  expect_error(core::ErrorKind::kUsage, "at least 2",
               [&] { frechet_distance(a.slice(0, 0, 1), b); });
}

TEST(FrechetDistance, WhatDoesNotFit) {
  expect_error(core::ErrorKind::kUsage, "at least 2",
               [] { feature_statistics(set_x().slice(0, 0, 1)); });
  expect_error(core::ErrorKind::kUsage, "one row", [] { feature_statistics(set_x().flatten()); });
  expect_error(core::ErrorKind::kUsage, "7", [] { fid(set_x(), set_y().slice(1, 1)); });
  at::Tensor broken = fill_values("many", {2500, 5});
  broken[1300][3] = std::numeric_limits<double>::quiet_NaN();
  expect_error(core::ErrorKind::kData, "row 1300, column 3", [&] { feature_statistics(broken); });
  broken[1300][3] = -std::numeric_limits<double>::infinity();
  expect_error(core::ErrorKind::kData, "-inf", [&] { feature_statistics(broken); });
  expect_error(core::ErrorKind::kData, "logits", [&] { inception_score(broken); });
  expect_error(core::ErrorKind::kData, "samples", [&] {
    precision_recall(fill_values("r", {9, 5}), broken);
  });
}

TEST(InceptionScore, PrintedValue) {
  EXPECT_NEAR(inception_score(3 * fill_values("logits", {40, 6}), 10), 1.9254949682, 1e-9);
}

TEST(InceptionScore, KnownAnswers) {
  EXPECT_NEAR(inception_score(torch::zeros({12, 6})), 1, 1e-12) << "all alike";
  const at::Tensor sure = 1e4 * torch::eye(6).repeat({5, 1});
  EXPECT_NEAR(inception_score(sure), 6, 1e-9) << "every class, without doubt";
  EXPECT_NEAR(inception_score(sure, 6), 6, 1e-9);
  EXPECT_NEAR(inception_score(sure, 20),
              (inception_score(sure.slice(0, 0, 20)) + inception_score(sure.slice(0, 20))) / 2,
              1e-12)
      << "the last chunk is shorter";
  expect_error(core::ErrorKind::kUsage, "logits", [] { inception_score(torch::zeros({0, 6})); });
  expect_error(core::ErrorKind::kUsage, "chunks", [] { inception_score(torch::zeros({2, 6}), 0); });
}

TEST(PrecisionAndRecall, PrintedValue) {
  const PrecisionRecall found = precision_recall(set_x(), set_y(), 3);
  EXPECT_EQ(found.precision, 0.46875);
  EXPECT_EQ(found.recall, 1.0);
}

TEST(PrecisionAndRecall, KnownAnswers) {
  const auto points = [](std::vector<double> values) {
    const auto count = static_cast<int64_t>(values.size());
    return torch::tensor(values, at::kDouble).reshape({count, 1});
  };
  // Balls by the first neighbour: [-1, 1], [0, 2], [1, 3], [3, 17]; of the samples: all within 0.5.
  const PrecisionRecall found =
      precision_recall(points({0, 1, 2, 10}), points({-1.5, -1, 2.5, 3}), 1);
  EXPECT_EQ(found.precision, 0.75) << "-1.5 is outside, the border counts";
  EXPECT_EQ(found.recall, 0.25) << "2 alone is within 0.5 of a sample";
  const PrecisionRecall itself = precision_recall(set_x(), set_x());
  EXPECT_EQ(itself.precision, 1);
  EXPECT_EQ(itself.recall, 1);
  const PrecisionRecall apart = precision_recall(set_x(), set_x() + 100);
  EXPECT_EQ(apart.precision, 0);
  EXPECT_EQ(apart.recall, 0);
  const at::Tensor alike = torch::full({5, 8}, 0.1, at::kDouble);
  EXPECT_EQ(precision_recall(alike, alike).precision, 1) << "no variance: balls of radius 0";
  EXPECT_EQ(precision_recall(alike, alike + 1e-9).precision, 0);
}

TEST(PrecisionAndRecall, ManyPointsGoInBlocks) {
  const at::Tensor a = fill_values("a", {1500, 2}), b = fill_values("b", {1100, 2}) * 1.2;
  const auto radius = [](const at::Tensor& set) {
    return std::get<0>(torch::cdist(set, set, 2, 2).kthvalue(4, 1));  // the first is the point
  };
  const auto share = [](const at::Tensor& inside) {
    return inside.any(1).to(at::kDouble).mean().item<double>();
  };
  const at::Tensor between = torch::cdist(b, a, 2, 2);
  const PrecisionRecall found = precision_recall(a, b);
  EXPECT_EQ(found.precision, share(between <= radius(a)));
  EXPECT_EQ(found.recall, share(between.t() <= radius(b)));
}

TEST(PrecisionAndRecall, WhatDoesNotFit) {
  expect_error(core::ErrorKind::kUsage, "reference",
               [] { precision_recall(set_x().slice(0, 0, 3), set_y()); });
  expect_error(core::ErrorKind::kUsage, "samples",
               [] { precision_recall(set_x(), set_y().slice(0, 0, 3)); });
  expect_error(core::ErrorKind::kUsage, "different features",
               [] { precision_recall(set_x(), set_y().slice(1, 1)); });
  expect_error(core::ErrorKind::kUsage, "neighbours",
               [] { precision_recall(set_x(), set_y(), 0); });
}

}  // namespace
}  // namespace dyt::analysis
