// SPDX-License-Identifier: Apache-2.0
// The numbers behind a verdict: paired differences over seeds with Student t intervals, and a
// bootstrap over test images. All differences are slot minus baseline, in points (percentage
// points).
//
//   const PairedDifference difference = paired_difference(slot_accuracies, baseline_accuracies);
//   difference.interval95->low;  // nullopt with fewer than two seeds or without spread
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::compare {

struct Interval {
  double low = 0;
  double high = 0;
};

// Differences of equal counts of images differ in their last bits only; spread below this is none.
inline constexpr double kNoSpread = 1e-9;  // points

inline constexpr int64_t kBootstrapResamples = 10000;

// Arithmetic mean of at least one finite value; error below n ULP of the largest magnitude.
double mean(std::span<const double> values);

// sqrt(sum (x - mean)^2 / (n - 1)) of at least two finite values; relative error below n ULP as
// long as the spread is not tiny beside the mean.
double standard_deviation(std::span<const double> values);

// The middle value, or the mean of the two middle ones; at least one value.
double median(std::vector<double> values);

// The interval of order statistics that holds the median of what the values are drawn from with at
// least this probability, whatever its distribution (sign test); nullopt for too few values.
std::optional<Interval> median_interval(std::vector<double> values, double level);

// Quantile of Student's t: 0 < probability < 1, degrees >= 1; relative error below 1e-12
// (Boost.Math).
double student_t_quantile(double probability, int64_t degrees);

// mean -+ t(1 - (1 - level) / 2, n - 1) * std / sqrt(n); n >= 2, 0 < level < 1.
Interval t_interval(double mean, double std, int64_t n, double level);

// q-quantile, 0 <= q <= 1, of sorted values by linear interpolation (numpy's default).
double sorted_quantile(std::span<const double> sorted, double q);

struct PairedDifference {
  std::vector<std::optional<double>> per_seed;     // nullopt where one of the two did not finish
  int64_t n = 0;                                   // seeds that both finished
  std::optional<double> mean;                      // n >= 1
  std::optional<double> std;                       // n >= 2
  std::optional<Interval> interval95, interval90;  // n >= 2 and std above kNoSpread

  bool has_spread() const { return interval95.has_value(); }
};

// Accuracies are fractions, one a seed, in the same order of seeds; nullopt: did not finish.
PairedDifference paired_difference(std::span<const std::optional<double>> slot,
                                   std::span<const std::optional<double>> baseline);

// 95 % percentile interval, in points, of the difference in accuracy under resampling of the test
// images; correctness is averaged over seeds first. Each text has one character '0' or '1' an
// image; slot and baseline hold the same seeds. Stream "bootstrap/<name>"; sums are of integers,
// hence exact. nullopt where there is no seed or no image; Error(kData) where the lengths differ.
std::optional<Interval> bootstrap_images(std::span<const std::string> slot_correct,
                                         std::span<const std::string> baseline_correct,
                                         std::string_view name);

}  // namespace dyt::compare
