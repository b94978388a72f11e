// SPDX-License-Identifier: Apache-2.0
#include "dyt/analysis/curve_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dyt::analysis {
namespace {

constexpr double kSmallestAlpha = 1e-3;  // times 1 / std(x)
constexpr double kLargestAlpha = 100;
constexpr int kGrid = 50;
constexpr int kGoldenSteps = 40;
constexpr double kNormal95 = 1.959963984540054;

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

struct Moments {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;  // sums of products of deviations
};

Moments moments_of(std::span<const double> x, std::span<const double> y) {
  Moments moments{.mean_x = mean_of(x), .mean_y = mean_of(y)};
  for (size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - moments.mean_x;
    const double dy = y[i] - moments.mean_y;
    moments.xx += dx * dx;
    moments.xy += dx * dy;
    moments.yy += dy * dy;
  }
  return moments;
}

// For a list of values of the curve's shape: the best scale and offset.
LineFit line_of(const Moments& moments) {
  if (moments.xx <= 0) {
    return {.offset = moments.mean_y};
  }
  const double slope = moments.xy / moments.xx;
  return {.slope = slope,
          .offset = moments.mean_y - slope * moments.mean_x,
          .r2 = moments.yy > 0 ? slope * moments.xy / moments.yy : 0};
}

class TanhSearch {
 public:
  TanhSearch(std::span<const double> x, std::span<const double> y)
      : x_(x), y_(y), shape_(x.size()) {}

  LineFit at(double alpha) {
    for (size_t i = 0; i < x_.size(); ++i) {
      shape_[i] = std::tanh(alpha * x_[i]);
    }
    return line_of(moments_of(shape_, y_));
  }

  double loss(double log_alpha) { return -at(std::exp(log_alpha)).r2; }

 private:
  std::span<const double> x_, y_;
  std::vector<double> shape_;
};

// The smallest value of a function with one dip in [low, high].
template <class Function>
double golden_section(double low, double high, const Function& function) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  double left = high - ratio * (high - low);
  double right = low + ratio * (high - low);
  double at_left = function(left);
  double at_right = function(right);
  for (int step = 0; step < kGoldenSteps; ++step) {
    if (at_left <= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - ratio * (high - low);
      at_left = function(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + ratio * (high - low);
      at_right = function(right);
    }
  }
  return (low + high) / 2;
}

}  // namespace

LineFit fit_line(std::span<const double> x, std::span<const double> y) {
  return line_of(moments_of(x, y));
}

TanhFit fit_tanh(std::span<const double> x, std::span<const double> y) {
  const Moments moments = moments_of(x, y);
  if (moments.xx <= 0) {
    return {.alpha = 1, .offset = moments.mean_y};
  }
  const double unit = std::sqrt(static_cast<double>(x.size()) / moments.xx);  // 1 / std(x)
  TanhSearch search(x, y);
  const double first = std::log(kSmallestAlpha * unit);
  const double step = std::log(kLargestAlpha / kSmallestAlpha) / kGrid;
  int best = 0;
  double least = search.loss(first);
  for (int i = 1; i <= kGrid; ++i) {
    const double loss = search.loss(first + i * step);
    if (loss < least) {
      least = loss;
      best = i;
    }
  }
  const double low = first + std::max(best - 1, 0) * step;
  const double high = first + std::min(best + 1, kGrid) * step;
  const double alpha =
      std::exp(golden_section(low, high, [&](double log_alpha) { return search.loss(log_alpha); }));
  const LineFit fit = search.at(alpha);
  return {.alpha = alpha, .scale = fit.slope, .offset = fit.offset, .r2 = fit.r2};
}

std::optional<Correlation> correlation(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 3 || x.size() != y.size()) {
    return std::nullopt;
  }
  const Moments moments = moments_of(x, y);
  if (!(moments.xx > 0) || !(moments.yy > 0)) {
    return std::nullopt;
  }
  Correlation result{.n = x.size(), .r = moments.xy / std::sqrt(moments.xx * moments.yy)};
  if (result.n >= 4 && std::abs(result.r) < 1) {
    const double centre = std::atanh(result.r);
    const double half = kNormal95 / std::sqrt(static_cast<double>(result.n) - 3);
    result.low = std::tanh(centre - half);
    result.high = std::tanh(centre + half);
  }
  return result;
}

}  // namespace dyt::analysis
