// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "dyt/core/error.h"
#include "dyt/core/random.h"

namespace dyt::compare {
namespace {

constexpr double kPoints = 100;  // of a fraction

// Per image, how many more seeds the slot gets right than the baseline.
std::vector<int64_t> image_differences(std::span<const std::string> slot_correct,
                                       std::span<const std::string> baseline_correct) {
  std::vector<int64_t> differences(slot_correct[0].size(), 0);
  for (size_t seed = 0; seed < slot_correct.size(); ++seed) {
    const std::string& slot = slot_correct[seed];
    const std::string& baseline = baseline_correct[seed];
    if (slot.size() != differences.size() || baseline.size() != differences.size()) {
      throw core::Error(
          core::ErrorKind::kData,
          {.what = "two runs were evaluated on different numbers of test images",
           .where = "field 'correct' of result.json",
           .expected = std::to_string(differences.size()),
           .found = std::to_string(slot.size()) + " and " + std::to_string(baseline.size()),
           .todo = "start afresh with --fresh"});
    }
    for (size_t image = 0; image < differences.size(); ++image) {
      differences[image] += (slot[image] == '1' ? 1 : 0) - (baseline[image] == '1' ? 1 : 0);
    }
  }
  return differences;
}

}  // namespace

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  const double center = mean(values);
  double sum = 0;
  for (const double value : values) {
    sum += (value - center) * (value - center);
  }
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, 0.5);
}

std::optional<Interval> median_interval(std::vector<double> values, double level) {
  const size_t n = values.size();
  const double tail = (1 - level) / 2;
  // Of P(k of n values lie below the median), by its logarithm: 0.5^n underflows.
  double log_term = static_cast<double>(n) * std::log(0.5);
  double below = std::exp(log_term);  // P(at most k)
  size_t rank = 0;
  while (below <= tail && rank < n) {
    ++rank;
    log_term += std::log(static_cast<double>(n - rank + 1) / static_cast<double>(rank));
    below += std::exp(log_term);
  }
  if (rank == 0) {
    return std::nullopt;
  }
  std::sort(values.begin(), values.end());
  return Interval{values[rank - 1], values[n - rank]};
}

double student_t_quantile(double probability, int64_t degrees) {
  const boost::math::students_t distribution(static_cast<double>(degrees));
  return boost::math::quantile(distribution, probability);
}

Interval t_interval(double mean, double std, int64_t n, double level) {
  const double quantile = student_t_quantile(1 - (1 - level) / 2, n - 1);
  const double half = quantile * std / std::sqrt(static_cast<double>(n));
  return {mean - half, mean + half};
}

double sorted_quantile(std::span<const double> sorted, double q) {
  const double place = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

PairedDifference paired_difference(std::span<const std::optional<double>> slot,
                                   std::span<const std::optional<double>> baseline) {
  PairedDifference result;
  std::vector<double> differences;
  for (size_t seed = 0; seed < slot.size(); ++seed) {
    std::optional<double> difference;
    if (slot[seed] && baseline[seed]) {
      difference = kPoints * (*slot[seed] - *baseline[seed]);
      differences.push_back(*difference);
    }
    result.per_seed.push_back(difference);
  }
  result.n = static_cast<int64_t>(differences.size());
  if (result.n >= 1) {
    result.mean = mean(differences);
  }
  if (result.n >= 2) {
    result.std = standard_deviation(differences);
    if (*result.std > kNoSpread) {
      result.interval95 = t_interval(*result.mean, *result.std, result.n, 0.95);
      result.interval90 = t_interval(*result.mean, *result.std, result.n, 0.90);
    }
  }
  return result;
}

std::optional<Interval> bootstrap_images(std::span<const std::string> slot_correct,
                                         std::span<const std::string> baseline_correct,
                                         std::string_view name) {
  if (slot_correct.empty() || slot_correct[0].empty()) {
    return std::nullopt;
  }
  const std::vector<int64_t> differences = image_differences(slot_correct, baseline_correct);
  const uint64_t images = differences.size();
  core::RandomStream stream(0, "bootstrap/" + std::string(name));
  std::vector<double> sums;
  sums.reserve(kBootstrapResamples);
  for (int64_t resample = 0; resample < kBootstrapResamples; ++resample) {
    int64_t sum = 0;
    for (uint64_t draw = 0; draw < images; ++draw) {
      sum += differences[stream.below(images)];
    }
    sums.push_back(static_cast<double>(sum));
  }
  std::sort(sums.begin(), sums.end());
  const double unit = kPoints / static_cast<double>(images * slot_correct.size());
  return Interval{unit * sorted_quantile(sums, 0.025), unit * sorted_quantile(sums, 0.975)};
}

}  // namespace dyt::compare
