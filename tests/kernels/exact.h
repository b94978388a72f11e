// SPDX-License-Identifier: Apache-2.0
// What the kernels should compute, in long double: f and f' in forms other than the kernels'.
#pragma once

#include <cmath>
#include <numbers>

#include "dyt/kernels/functions.h"

namespace dyt::kernels::test {

// The |u| from which f is clipped; infinite where it is not.
inline long double clip_of(Function function) {
  switch (function) {
    case Function::kLinearClip:
    case Function::kPower23Clip:
      return 1;
    case Function::kSatursin:
      return std::numbers::pi_v<long double> / 2;
    case Function::kLogsignClip:
      return std::numbers::e_v<long double> - 1;
    case Function::kLogquadClip:
      return std::sqrt(std::numbers::e_v<long double> - 1);
    default:
      return INFINITY;
  }
}

inline long double log_one_plus(long double a) {
  return a < 1 ? 2 * std::atanh(a / (2 + a)) : std::log(1 + a);
}

inline long double one_minus_exp_of_minus(long double a) {
  return 2 * std::tanh(a / 2) / (1 + std::tanh(a / 2));
}

// f of a finite a > 0 inside the clip.
inline long double exact_value_inside(Function function, long double a) {
  switch (function) {
    case Function::kTanh:
      return std::tanh(a);
    case Function::kErf:
      return std::erf(a);
    case Function::kIsru:
      return a / std::hypot(1.0L, a);
    case Function::kLinearClip:
      return a;
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-a));
    case Function::kArctan:
      return 4 * std::numbers::inv_pi_v<long double> * std::atan(a / (1 + std::hypot(1.0L, a)));
    case Function::kSatursin:
      return 2 * std::sin(a / 2) * std::cos(a / 2);
    case Function::kSmoothsign:
      return a / (1 + a);
    case Function::kRelsign:
      return std::tanh(std::asinh(a) / 2);
    case Function::kExpsign:
      return one_minus_exp_of_minus(a);
    case Function::kExproot:
      return one_minus_exp_of_minus(std::sqrt(a));
    case Function::kCubsign:
      return 1 / (1 + 1 / a / a / a);
    case Function::kSaturlog:
      return 1 / (1 + 1 / log_one_plus(a));
    case Function::kLogsignClip:
      return log_one_plus(a);
    case Function::kLogquadClip:
      return log_one_plus(a * a);
    case Function::kPower23Clip:
      return std::cbrt(a * a);
  }
  return NAN;
}

inline long double exact_value(Function function, long double u) {
  const long double a = std::fabs(u);
  if (std::isnan(u) || a == 0) {
    return function == Function::kSigmoid ? u + 0.5L : u;
  }
  const long double f =
      std::isinf(a) || a > clip_of(function) ? 1 : exact_value_inside(function, a);
  if (function == Function::kSigmoid) {
    return u < 0 ? 1 / (1 + std::exp(a)) : f;
  }
  return std::copysign(f, u);
}

// f' of a finite a > 0 inside the clip.
inline long double exact_slope_inside(Function function, long double a) {
  switch (function) {
    case Function::kTanh:
      return 1 / (std::cosh(a) * std::cosh(a));
    case Function::kErf:
      return 2 * std::numbers::inv_sqrtpi_v<long double> * std::exp(-a * a);
    case Function::kIsru:
      return std::pow(1 + a * a, -1.5L);
    case Function::kLinearClip:
      return 1;
    case Function::kSigmoid:
      return 1 / (4 * std::cosh(a / 2) * std::cosh(a / 2));
    case Function::kArctan:
      return 2 * std::numbers::inv_pi_v<long double> * std::pow(std::hypot(1.0L, a), -2.0L);
    case Function::kSatursin:
      return std::cos(a);
    case Function::kSmoothsign:
      return std::pow(1 + a, -2.0L);
    case Function::kRelsign:
      return 0.5L / std::hypot(1.0L, a) / std::pow(std::cosh(std::asinh(a) / 2), 2.0L);
    case Function::kExpsign:
      return 1 / std::exp(a);
    case Function::kExproot:
      return 0.5L / (std::sqrt(a) * std::exp(std::sqrt(a)));
    case Function::kCubsign:
      return 0.75L / (a * std::pow(std::cosh(1.5L * std::log(a)), 2.0L));
    case Function::kSaturlog:
      return 1 / ((1 + a) * std::pow(1 + log_one_plus(a), 2.0L));
    case Function::kLogsignClip:
      return 1 / (1 + a);
    case Function::kLogquadClip:
      return 2 / (a + 1 / a);
    case Function::kPower23Clip:
      return 2 * std::pow(a, -1 / 3.0L) / 3;
  }
  return NAN;
}

inline long double exact_slope_at_0(Function function) {
  switch (function) {
    case Function::kErf:
      return 2 * std::numbers::inv_sqrtpi_v<long double>;
    case Function::kSigmoid:
      return 0.25L;
    case Function::kArctan:
      return 2 * std::numbers::inv_pi_v<long double>;
    case Function::kRelsign:
      return 0.5L;
    case Function::kExproot:
    case Function::kCubsign:
    case Function::kLogquadClip:
    case Function::kPower23Clip:
      return 0;
    default:
      return 1;
  }
}

inline long double exact_slope(Function function, long double u) {
  const long double a = std::fabs(u);
  if (std::isnan(u)) {
    return u;
  }
  if (a == 0) {
    return exact_slope_at_0(function);
  }
  return std::isinf(a) || a > clip_of(function) ? 0 : exact_slope_inside(function, a);
}

}  // namespace dyt::kernels::test
