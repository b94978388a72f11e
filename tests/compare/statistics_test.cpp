// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::json;
using testing::expect_error;

// Made by scripts/golden/compare_statistics_golden.py with numpy and scipy.
Json golden() {
  return Json::parse(core::read_file(DYT_SOURCE_DIR "/tests/compare/statistics_golden.json"));
}

void expect_near(double found, double expected) {
  EXPECT_NEAR(found, expected, 1e-10 * std::max(1.0, std::abs(expected)));
}

void expect_interval(const Interval& found, const Json& expected) {
  expect_near(found.low, expected[0]);
  expect_near(found.high, expected[1]);
}

using Accuracies = std::vector<std::optional<double>>;

TEST(Statistics, QuantilesOfStudentsTAreThoseOfScipy) {
  const Json file = golden();
  for (const Json& item : file["t_quantiles"]) {
    expect_near(student_t_quantile(item["probability"], item["degrees"]), item["value"]);
  }
}

TEST(Statistics, QuantilesOfSortedValuesAreThoseOfNumpy) {
  const Json file = golden();
  const std::vector<double> values = file["sorted_values"];
  for (const Json& item : file["quantiles"]) {
    expect_near(sorted_quantile(values, item["q"]), item["value"]);
  }
}

TEST(Statistics, PairedDifferencesAreThoseOfScipy) {
  const Json file = golden();
  for (const Json& item : file["cases"]) {
    Accuracies slot;
    for (const double difference : item["differences"]) {
      slot.emplace_back(0.9 + difference / 100);
    }
    const PairedDifference found = paired_difference(slot, Accuracies(slot.size(), 0.9));
    EXPECT_EQ(found.n, static_cast<int64_t>(slot.size()));
    expect_near(*found.mean, item["mean"]);
    expect_near(*found.std, item["std"]);
    expect_interval(*found.interval95, item["interval95"]);
    expect_interval(*found.interval90, item["interval90"]);
  }
}

TEST(Statistics, ByHand) {
  const std::vector<double> values = {1, 2, 3, 4};
  EXPECT_EQ(mean(values), 2.5);
  EXPECT_DOUBLE_EQ(standard_deviation(values), std::sqrt(5.0 / 3));
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({7}), 7);
}

TEST(Statistics, SeedsThatDidNotFinishStayOut) {
  const PairedDifference found = paired_difference(Accuracies{0.5, std::nullopt, 0.75, 0.5},
                                                   Accuracies{0.25, 0.5, std::nullopt, 0.5});
  EXPECT_EQ(found.n, 2);
  ASSERT_EQ(found.per_seed.size(), 4u);
  EXPECT_EQ(found.per_seed[0], 25);
  EXPECT_FALSE(found.per_seed[1]);
  EXPECT_FALSE(found.per_seed[2]);
  EXPECT_EQ(*found.mean, 12.5);
}

TEST(Statistics, NothingIsMadeUpOfTooFewSeeds) {
  const PairedDifference none = paired_difference(Accuracies{std::nullopt}, Accuracies{0.5});
  EXPECT_EQ(none.n, 0);
  EXPECT_FALSE(none.mean || none.std || none.interval95 || none.interval90);
  const PairedDifference one = paired_difference(Accuracies{0.5}, Accuracies{0.25});
  EXPECT_EQ(*one.mean, 25);
  EXPECT_FALSE(one.std || one.interval95 || one.interval90);
}

// Equal differences of accuracies k/360 differ in their last bits: that is no spread.
TEST(Statistics, RoundingIsNoSpread) {
  Accuracies slot, baseline;
  for (const double right : {340.0, 351.0, 355.0}) {
    slot.emplace_back((right + 1) / 360);
    baseline.emplace_back(right / 360);
  }
  const PairedDifference found = paired_difference(slot, baseline);
  EXPECT_LT(*found.std, kNoSpread);
  EXPECT_FALSE(found.has_spread());
}

// P(at most 1 of 10 below) = 11/1024 = 0.0107, at most 2: 0.0547; so ranks 2 and 9 of ten. Of
// twenty P(at most 5) = 0.0207, at most 6: 0.0577: ranks 6 and 15. Of four P(0) = 0.0625: none.
TEST(Statistics, MedianIntervalTakesTheRanksOfTheSignTest) {
  std::vector<double> values = {10, 3, 1, 2, 9, 8, 4, 5, 7, 6};
  EXPECT_EQ(median_interval(values, 0.90)->low, 2);
  EXPECT_EQ(median_interval(values, 0.90)->high, 9);
  for (int i = 11; i <= 20; ++i) {
    values.push_back(i);
  }
  EXPECT_EQ(median_interval(values, 0.90)->low, 6);
  EXPECT_EQ(median_interval(values, 0.90)->high, 15);
  EXPECT_FALSE(median_interval({1, 2, 3, 4}, 0.90));
  EXPECT_EQ(median_interval({1, 2, 3, 4, 5}, 0.90)->low, 1);
  EXPECT_FALSE(median_interval({}, 0.90));
}

// Of 10,000 the normal approximation: 5000 - 1.645 * 50 = 4917.8.
TEST(Statistics, MedianIntervalOfManyValues) {
  std::vector<double> values(10000);
  std::iota(values.begin(), values.end(), 1);
  EXPECT_NEAR(median_interval(values, 0.90)->low, 4918, 1);
  EXPECT_NEAR(median_interval(values, 0.90)->high, 10001 - 4918, 1);
}

TEST(Bootstrap, EqualCorrectnessHasNoWidth) {
  const std::vector<std::string> same = {"1101", "0111"};
  const auto interval = bootstrap_images(same, same, "dyt");
  EXPECT_EQ(interval->low, 0);
  EXPECT_EQ(interval->high, 0);
}

// A third of 900 images is won by both of two seeds, the rest equal: the mean is 33.3 points, the
// deviation of an image 47.1, so the 95 % interval is 33.33 -+ 1.96 * 47.14 / 30.
TEST(Bootstrap, AgreesWithTheNormalApproximation) {
  std::string slot, baseline;
  for (int image = 0; image < 900; ++image) {
    slot += '1';
    baseline += image % 3 == 0 ? '0' : '1';
  }
  const std::vector<std::string> slots = {slot, slot}, baselines = {baseline, baseline};
  const auto interval = bootstrap_images(slots, baselines, "dyt");
  EXPECT_NEAR(interval->low, 33.333 - 3.080, 0.15);
  EXPECT_NEAR(interval->high, 33.333 + 3.080, 0.15);
}

TEST(Bootstrap, AveragesOverSeeds) {
  // Each image is won by one seed and lost by the other: no difference of any image is left.
  const std::vector<std::string> slots = {"1010", "0101"}, baselines = {"0101", "1010"};
  const auto interval = bootstrap_images(slots, baselines, "dyt");
  EXPECT_EQ(interval->low, 0);
  EXPECT_EQ(interval->high, 0);
}

TEST(Bootstrap, DependsOnItsNameOnly) {
  std::string correct(101, '1');
  for (size_t image = 0; image < correct.size(); image += 7) {
    correct[image] = '0';
  }
  const std::vector<std::string> slots = {correct}, baselines = {std::string(101, '1')};
  const auto first = bootstrap_images(slots, baselines, "dyt");
  const auto second = bootstrap_images(slots, baselines, "dyt");
  EXPECT_EQ(first->low, second->low);
  EXPECT_EQ(first->high, second->high);
  EXPECT_LT(first->high, 0);
}

TEST(Bootstrap, NeedsSeedsAndImages) {
  EXPECT_FALSE(bootstrap_images({}, {}, "dyt"));
  const std::vector<std::string> empty = {""};
  EXPECT_FALSE(bootstrap_images(empty, empty, "dyt"));
  expect_error(core::ErrorKind::kData, "different numbers of test images", [] {
    const std::vector<std::string> slots = {"11", "1"}, baselines = {"11", "11"};
    bootstrap_images(slots, baselines, "dyt");
  });
}

}  // namespace
}  // namespace dyt::compare
