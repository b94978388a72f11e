// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/knn.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::analysis {
namespace {

using testing::expect_error;
using testing::fill_values;

// The vector of DINO's evaluation; printed to six digits.
TEST(Knn, VotesAndPredictions) {
  const at::Tensor train = fill_values("ktr", {50, 8}), test = fill_values("kte", {10, 8});
  const at::Tensor labels = torch::arange(50).remainder(5);
  const at::Tensor votes = knn_votes(train, labels, test, {.k = 10, .num_classes = 5});
  EXPECT_TRUE(at::equal(votes.argmax(1), torch::tensor({1, 1, 2, 1, 1, 0, 1, 3, 4, 2}, at::kLong)));
  const double expected[] = {1768.46, 5049.52, 312.463, 935.617, 250.26};
  const double half_unit[] = {5e-3, 5e-3, 5e-4, 5e-4, 5e-3};
  for (int64_t label = 0; label < 5; ++label) {
    EXPECT_NEAR(votes[0][label].item<double>(), expected[label], half_unit[label]);
  }
}

TEST(Knn, LengthsDoNotMatterAndClassesWithoutNeighboursHaveNone) {
  const at::Tensor train = fill_values("ktr", {50, 8}), test = fill_values("kte", {10, 8});
  const at::Tensor labels = torch::arange(50).remainder(5);
  const KnnOptions options{.k = 1, .num_classes = 9};
  const at::Tensor votes = knn_votes(train, labels, test, options);
  EXPECT_TRUE(at::allclose(knn_votes(train * 3, labels, test * 0.1, options), votes));
  EXPECT_TRUE(at::equal((votes > 0).sum(1), torch::ones({10}, at::kLong)));
  const at::Tensor itself = knn_votes(train, labels, train, options);
  EXPECT_TRUE(at::equal(itself.argmax(1), labels));
}

TEST(Knn, ManyTestFeaturesGoInParts) {
  const at::Tensor train = fill_values("ktr", {4096, 2}), test = fill_values("kte", {20000, 2});
  const at::Tensor labels = torch::arange(4096).remainder(3);
  const KnnOptions options{.k = 3, .num_classes = 3};
  const at::Tensor votes = knn_votes(train, labels, test, options);
  const at::Tensor last = knn_votes(train, labels, test.slice(0, 19990), options);
  EXPECT_TRUE(at::allclose(votes.slice(0, 19990), last));
}

TEST(Knn, WhatDoesNotFit) {
  const at::Tensor features = fill_values("ktr", {6, 2});
  const at::Tensor labels = torch::arange(6);
  const auto usage = core::ErrorKind::kUsage;
  expect_error(usage, "1 to 6",
               [&] { knn_votes(features, labels, features, {.k = 7, .num_classes = 6}); });
  expect_error(usage, "0 to 4",
               [&] { knn_votes(features, labels, features, {.k = 2, .num_classes = 5}); });
  expect_error(usage, "do not fit each other", [&] {
    knn_votes(features, labels.slice(0, 1), features, {.k = 2, .num_classes = 6});
  });
}

TEST(TopAccuracy, LowerNumbersFirstAmongEqualScores) {
  const at::Tensor scores = torch::tensor({{0.1, 0.7, 0.2}, {0.0, 0.0, 1.0}});
  EXPECT_EQ(top_accuracy(scores, torch::tensor({1, 1}, at::kLong), 1), 0.5);
  EXPECT_EQ(top_accuracy(scores, torch::tensor({2, 0}, at::kLong), 2), 1.0);
  EXPECT_EQ(top_accuracy(scores, torch::tensor({2, 1}, at::kLong), 2), 0.5);
  EXPECT_EQ(top_accuracy(scores, torch::tensor({0, 1}, at::kLong), 5), 1.0);
}

}  // namespace
}  // namespace dyt::analysis
