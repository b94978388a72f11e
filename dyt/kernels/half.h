// SPDX-License-Identifier: Apache-2.0
// bf16 and fp16 numbers as stored, and their conversions: exact one way, rounded once to nearest
// even the other way, subnormals kept, overflow to infinity, NaN stays NaN.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dyt::kernels {

struct BFloat16 {
  uint16_t bits;
};

struct Float16 {
  uint16_t bits;
};

constexpr float to_float(BFloat16 number) {
  return std::bit_cast<float>(static_cast<uint32_t>(number.bits) << 16);
}

inline float to_float(Float16 number) {
  const int exponent = number.bits >> 10 & 31;
  const int mantissa = number.bits & 1023;
  float magnitude;
  if (exponent == 31) {
    magnitude = mantissa == 0 ? INFINITY : NAN;
  } else {
    magnitude = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                              : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  }
  return number.bits >> 15 != 0 ? -magnitude : magnitude;
}

namespace internal {

// value rounded to a multiple of the ULP at its magnitude, for `digits` significant bits and a
// smallest normal exponent.
inline double rounded(double value, int digits, int min_exponent) {
  if (value == 0 || !std::isfinite(value)) {
    return value;
  }
  const int exponent = std::max(std::ilogb(value), min_exponent) - (digits - 1);
  return std::ldexp(std::nearbyint(std::ldexp(value, -exponent)), exponent);
}

}  // namespace internal

inline BFloat16 to_bfloat16(double value) {
  const auto number = static_cast<float>(internal::rounded(value, 8, -126));
  const uint32_t bits = std::bit_cast<uint32_t>(number);
  return {static_cast<uint16_t>(std::isnan(value) ? bits >> 16 | 0x40 : bits >> 16)};
}

inline Float16 to_float16(double value) {
  const uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::fabs(internal::rounded(value, 11, -14));
  const auto with_sign = [sign](int bits) { return Float16{static_cast<uint16_t>(sign | bits)}; };
  if (std::isnan(magnitude)) {
    return with_sign(0x7e00);
  }
  if (magnitude > 65504) {
    return with_sign(0x7c00);
  }
  if (magnitude < 0x1p-14) {
    return with_sign(static_cast<int>(std::ldexp(magnitude, 24)));
  }
  const int exponent = std::ilogb(magnitude);
  const int mantissa = static_cast<int>(std::ldexp(magnitude, 10 - exponent));  // [1024, 2047]
  return with_sign((exponent + 14) * 1024 + mantissa);
}

}  // namespace dyt::kernels
