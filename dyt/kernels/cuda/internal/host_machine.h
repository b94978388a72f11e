// SPDX-License-Identifier: Apache-2.0
// The host's counterpart of device_machine.h, for tests. Approximate instructions and library
// functions return the exact result moved by their documented error times `approximation_error`,
// from -1 to 1: a test that passes at both ends covers whatever the hardware does within its word.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "dyt/kernels/half.h"
#include "dyt/kernels/internal/storage.h"

namespace dyt::kernels::cuda {

inline float approximation_error = 0;

inline float fused(float a, float b, float c) { return std::fma(a, b, c); }
inline double fused(double a, double b, double c) { return std::fma(a, b, c); }
inline uint32_t bits_of(float number) { return std::bit_cast<uint32_t>(number); }
inline float float_of(uint32_t bits) { return std::bit_cast<float>(bits); }
inline float magnitude(float number) { return std::fabs(number); }
inline double magnitude(double number) { return std::fabs(number); }
inline float with_sign(float size, float sign) { return std::copysign(size, sign); }
inline double with_sign(double size, double sign) { return std::copysign(size, sign); }

// exact * (1 + error), rounded.
inline float approximated(double exact, double error) {
  return static_cast<float>(exact * (1 + approximation_error * error));
}
inline float flushed(float number) {
  return std::fabs(number) < 0x1p-126f ? std::copysign(0.0f, number) : number;
}
inline float reciprocal_approx(float number) {
  return flushed(approximated(1.0 / flushed(number), 0x1p-23));
}
inline float inverse_root_approx(float number) {
  return flushed(approximated(1 / std::sqrt(static_cast<double>(flushed(number))), 0x1.1p-23));
}
inline float exp2_approx(float number) {
  return approximated(std::exp2(static_cast<double>(number)), 0x1p-22);
}
inline float exp2_approx_flushed(float number) { return flushed(exp2_approx(number)); }
inline float tanh_approx(float number) {
  // The documented error is that of the rounded result.
  const double error = 0x1p-11 - 0x1p-24;
  const float result = approximated(std::tanh(static_cast<double>(number)), error);
  return std::fabs(result) > 1 ? std::copysign(1.0f, result) : result;
}

// The rounded result, moved by whole ULPs.
inline float off_by_ulps(double exact, int ulps) {
  const auto bits = std::bit_cast<uint32_t>(static_cast<float>(exact));
  const bool movable = std::isnormal(static_cast<float>(exact));
  const int move = static_cast<int>(std::lround(approximation_error * static_cast<float>(ulps)));
  return std::bit_cast<float>(movable ? bits + static_cast<uint32_t>(move) : bits);
}
inline float library_expm1(float number) {
  return off_by_ulps(std::expm1(static_cast<double>(number)), 1);
}
inline float library_log1p(float number) {
  return off_by_ulps(std::log1p(static_cast<double>(number)), 1);
}
inline float library_atan(float number) {
  return off_by_ulps(std::atan(static_cast<double>(number)), 2);
}
inline float library_inverse_cbrt(float number) {
  return off_by_ulps(1 / std::cbrt(static_cast<double>(number)), 1);
}
inline double library_exp(double number) { return std::exp(number); }
inline double library_expm1(double number) { return std::expm1(number); }
inline double library_log1p(double number) { return std::log1p(number); }
inline double library_atan(double number) { return std::atan(number); }
inline double library_inverse_cbrt(double number) {
  return static_cast<double>(1 / std::cbrt(static_cast<long double>(number)));
}
inline double library_tanh(double number) { return std::tanh(number); }
inline double library_erf(double number) { return std::erf(number); }
inline double library_root(double number) { return std::sqrt(number); }

inline float widened(BFloat16 number) { return to_float(number); }
inline float widened(Float16 number) { return to_float(number); }

template <class T>
uint32_t rounded_pair(float low, float high) {
  return internal::rounded_to<T>(low).bits |
         static_cast<uint32_t>(internal::rounded_to<T>(high).bits) << 16;
}

struct alignas(16) Words {
  uint32_t at[4];
};
inline Words load_words(const void* address) {
  Words words;
  std::memcpy(&words, address, sizeof(words));
  return words;
}
inline void store_words(void* address, const Words& words) {
  std::memcpy(address, &words, sizeof(words));
}
inline double double_of(uint32_t low, uint32_t high) {
  return std::bit_cast<double>(static_cast<uint64_t>(high) << 32 | low);
}
inline uint32_t low_of(double number) {
  return static_cast<uint32_t>(std::bit_cast<uint64_t>(number));
}
inline uint32_t high_of(double number) {
  return static_cast<uint32_t>(std::bit_cast<uint64_t>(number) >> 32);
}

}  // namespace dyt::kernels::cuda
