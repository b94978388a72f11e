// What the kernels should compute, in long double: f, f' (in forms other than the kernels'), ULPs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::test {

inline long double exact_value(Function function, long double u) {
  switch (function) {
    case Function::kTanh:
      return std::tanh(u);
    case Function::kErf:
      return std::erf(u);
    case Function::kIsru:
      return u / std::hypot(1.0L, u);
    case Function::kLinearClip:
      return std::fmin(std::fmax(u, -1.0L), 1.0L);
    case Function::kSigmoid:
      return 1 / (1 + std::exp(-u));
  }
  return 0;
}

inline long double exact_slope(Function function, long double u) {
  switch (function) {
    case Function::kTanh:
      return 1 / (std::cosh(u) * std::cosh(u));
    case Function::kErf:
      return 2 * std::numbers::inv_sqrtpi_v<long double> * std::exp(-u * u);
    case Function::kIsru:
      return std::pow(1 + u * u, -1.5L);
    case Function::kLinearClip:
      return std::fabs(u) <= 1 ? 1 : 0;
    case Function::kSigmoid:
      return 1 / (4 * std::cosh(u / 2) * std::cosh(u / 2));
  }
  return 0;
}

// Distance of neighbouring numbers of type T at the magnitude of value.
template <class T>
long double ulp(long double value) {
  using Limits = std::numeric_limits<T>;
  const int smallest = Limits::min_exponent - 1;
  const int exponent = value == 0 ? smallest : std::max(std::ilogb(value), smallest);
  return std::ldexp(1.0L, exponent - (Limits::digits - 1));
}

template <class T>
double max_slope_error(const FunctionRow& row) {
  return sizeof(T) == sizeof(float) ? row.max_slope_error_fp32 : row.max_slope_error_fp64;
}

}  // namespace dyt::kernels::test
