// SPDX-License-Identifier: Apache-2.0
// Least squares in fp64: a straight line, a tanh curve, and the correlation of two lists.
//
//   const LineFit line = fit_line(x, y);
//   const TanhFit curve = fit_tanh(x, y);   // curve.r2 >= line.r2, but for rounding
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace dyt::analysis {

// y = slope * x + offset. r2 is the share of y's variance that the curve explains; 0 where y does
// not vary.
struct LineFit {
  double slope = 0, offset = 0, r2 = 0;
};

// y = scale * tanh(alpha * x) + offset, alpha > 0.
struct TanhFit {
  double alpha = 0, scale = 0, offset = 0, r2 = 0;
};

// Both need lists of one length, at least 1 long.
LineFit fit_line(std::span<const double> x, std::span<const double> y);

// Scale and offset are least squares for each alpha; alpha is searched from 1/1000 to 100 times
// 1 / std(x), on a grid and then by golden section. As alpha goes to 0 the curve becomes the line,
// so a tanh never explains less: what counts is by how much it explains more.
TanhFit fit_tanh(std::span<const double> x, std::span<const double> y);

struct Correlation {
  size_t n = 0;
  double r = 0;  // Pearson
  // 95 % by Fisher's transformation; needs n >= 4 and |r| < 1.
  std::optional<double> low, high;
};

// nullopt for fewer than three pairs, or where one list does not vary.
std::optional<Correlation> correlation(std::span<const double> x, std::span<const double> y);

}  // namespace dyt::analysis
