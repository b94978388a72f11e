// SPDX-License-Identifier: Apache-2.0
// The table's bounds as numbers: how far a result of type T may be from the exact one.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "dyt/kernels/internal/storage.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels::test {

// What a number of storage type T is computed in.
template <class T>
using Number = internal::Arithmetic<T>;

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, double>) {
    return DType::kFloat64;
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return DType::kBFloat16;
  } else if constexpr (std::is_same_v<T, Float16>) {
    return DType::kFloat16;
  } else {
    return DType::kFloat32;
  }
}

// The nearest number of type T.
template <class T>
Number<T> rounded(long double value) {
  return internal::load(internal::rounded_to<T>(value));
}

struct Format {
  int digits;
  int min_exponent;  // of normal numbers
  long double max;
};

constexpr Format format_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return {53, -1022, std::numeric_limits<double>::max()};
    case DType::kBFloat16:
      return {8, -126, 0x1.fep127L};
    case DType::kFloat16:
      return {11, -14, 65504};
    case DType::kFloat32:
      break;
  }
  return {24, -126, std::numeric_limits<float>::max()};
}

// Distance of neighbouring numbers of that type at the magnitude of value.
inline long double ulp(DType dtype, long double value) {
  const Format format = format_of(dtype);
  const int exponent =
      value == 0 ? format.min_exponent : std::max(std::ilogb(value), format.min_exponent);
  return std::ldexp(1.0L, exponent - (format.digits - 1));
}

template <class T>
long double ulp(long double value) {
  return ulp(dtype_of<T>(), value);
}

// Whether found is as near to exact; NaN where exact is NaN; infinite only where exact may be
// beyond the type's range.
template <class T>
bool within(Number<T> found, long double exact, long double bound) {
  if (std::isnan(exact)) {
    return std::isnan(found);
  }
  if (std::isinf(found)) {
    return std::fabs(exact) + bound > format_of(dtype_of<T>()).max &&
           std::signbit(found) == std::signbit(exact);
  }
  return std::fabs(found - exact) <= bound;
}

template <class Problem>
bool is_reference(const Implementation<Problem>& implementation) {
  return implementation.name == "reference";
}

template <class Problem>
std::vector<Implementation<Problem>> accepting(
    std::span<const Implementation<Problem>> implementations, const Problem& problem) {
  std::vector<Implementation<Problem>> accepted;
  for (const Implementation<Problem>& implementation : implementations) {
    if (implementation.accepts(problem)) {
      accepted.push_back(implementation);
    }
  }
  return accepted;
}

// Which bounds count: those of a reference, of a problem with `exact`, or the looser ones.
enum class Bounds { kReference, kExact, kFast };

template <class Problem>
Bounds bounds_of(const Implementation<Problem>& implementation, bool exact) {
  if (is_reference(implementation)) {
    return Bounds::kReference;
  }
  return exact ? Bounds::kExact : Bounds::kFast;
}

// |t - f(u)| before y is rounded.
template <class T>
long double value_bound(const FunctionRow& row, Bounds bounds, long double value) {
  if (bounds == Bounds::kReference) {
    return (kReferenceMaxUlp - 0.5) * ulp<Number<T>>(value);
  }
  if (bounds == Bounds::kFast && is_16_bit(dtype_of<T>())) {
    return kMaxFastUlp16Bit * ulp<T>(value);
  }
  return row.max_ulp * ulp<Number<T>>(value);
}

// What rounding a result to T may add.
template <class T>
long double rounding(Bounds bounds, long double exact) {
  const bool may_flush = bounds == Bounds::kFast && std::is_same_v<T, BFloat16> &&
                         std::fabs(exact) < kFastFlushBFloat16;
  return may_flush ? kFastFlushBFloat16 : ulp<T>(exact);
}

// |t - f(u)| where y is t rounded to T, as there is neither weight nor bias.
template <class T>
long double rounded_value_bound(const FunctionRow& row, Bounds bounds, long double value) {
  if (bounds == Bounds::kReference) {
    return kReferenceMaxUlp * ulp<T>(value);
  }
  const bool rounds_again = bounds == Bounds::kExact && is_16_bit(dtype_of<T>());
  const bool may_flush = rounding<T>(bounds, value) > ulp<T>(value);
  return value_bound<T>(row, bounds, value) + (rounds_again ? 0.5L * ulp<T>(value)
                                               : may_flush  ? kFastFlushBFloat16
                                                            : 0);
}

// |slope - f'(u)|.
template <class T>
long double slope_bound(const FunctionRow& row, Bounds bounds, long double slope) {
  if (bounds == Bounds::kFast && !std::is_same_v<T, double>) {
    const double fast = is_16_bit(dtype_of<T>()) ? kMaxFastSlopeError16Bit : kMaxFastSlopeErrorFp32;
    return fast * slope_scale(row, static_cast<double>(slope));
  }
  const long double smallest = std::numeric_limits<Number<T>>::min();
  const double relative =
      std::is_same_v<T, double> ? row.max_slope_error_fp64 : row.max_slope_error_fp32;
  return slope < smallest ? smallest : relative * slope;
}

}  // namespace dyt::kernels::test
