// SPDX-License-Identifier: Apache-2.0
// Elementary functions that f and f' are made of, without the branches of a general library: the
// ranges are what the kernels need. In fp32 plain fused multiply-adds, so the host's tests see the
// GPU's very bits up to the approximate instructions underneath.
#pragma once

#include "dyt/kernels/cuda/internal/platform.h"

namespace dyt::kernels::cuda {

// How f is computed: kFast for 16-bit problems without `exact`, kSingle for fp32 and exact 16-bit
// ones, kDouble for fp64.
enum class Precision { kFast, kSingle, kDouble };

template <Precision P>
struct ArithmeticOf {
  using Type = float;
};
template <>
struct ArithmeticOf<Precision::kDouble> {
  using Type = double;
};

template <class A>
struct Point {
  A value;
  A slope;
};

// The lower of the two; number where it is NaN.
template <class A>
DYT_DEVICE A at_most(A number, A bound) {
  return number > bound ? bound : number;
}

// c[0] + c[1] x + c[2] x^2 + ...
template <class A, int N>
DYT_DEVICE A polynomial(A x, const A (&c)[N]) {
  A sum = c[N - 1];
  DYT_UNROLL
  for (int n = N - 2; n >= 0; --n) {
    sum = fused(sum, x, c[n]);
  }
  return sum;
}

// 1 / d for d in [2^-100, 2^126]; within 0.51 ULP.
DYT_DEVICE float reciprocal(float d) {
  const float q = reciprocal_approx(d);
  return fused(q, fused(-d, q, 1.0f), q);
}
DYT_DEVICE double reciprocal(double d) { return 1 / d; }

// n / d for d as in reciprocal() and |n| <= d; within 0.51 ULP.
DYT_DEVICE float quotient(float n, float d) {
  const float q = reciprocal(d);
  const float t = n * q;
  return fused(q, fused(-d, t, n), t);
}
DYT_DEVICE double quotient(double n, double d) { return n / d; }

// sqrt(d) for d = 0 or d in [2^-100, 2^128); within 0.51 ULP.
DYT_DEVICE float root(float d) {
  const float r = inverse_root_approx(d);
  const float g = d * r;
  return d == 0 ? d : fused(0.5f * r, fused(-g, g, d), g);
}
DYT_DEVICE double root(double d) { return library_root(d); }

// 2^n * p for n in [-151, 0], rounded once, in two steps because 2^n itself may be subnormal.
DYT_DEVICE float scaled(float p, int n) {
  const int half = n >> 1;
  const float first = float_of(static_cast<uint32_t>(half + 127) << 23);
  const float second = float_of(static_cast<uint32_t>(n - half + 127) << 23);
  return p * first * second;
}

// Adding and subtracting 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
inline constexpr float kRounder = 12582912.0f;

// exp(x) for x <= 0, subnormal results included; within 0.8 ULP.
DYT_DEVICE float exp_of(float x) {
  const float bounded = x < -104.5f ? -104.5f : x;
  const float shifted = fused(bounded, 1.44269504f, kRounder);
  const float n = shifted - kRounder;
  float r =
      fused(n, -0x1.62e4p-1f, bounded);  // ln 2 in two parts: 16 bits, so that n * it is exact
  r = fused(n, -0x1.7f7d1cp-20f, r);
  const float q[] = {0.5f, 0.16666576266f, 0.041666463017f, 0.0083633065224f, 0.0013935359893f};
  const float p = 1.0f + fused(r * r, polynomial(r, q), r);
  return scaled(p, static_cast<int>(bits_of(shifted) - bits_of(kRounder)));
}
DYT_DEVICE double exp_of(double x) { return library_exp(x); }

// exp(-a^2) for a >= 0: the rounding of a^2 is put back, for it is multiplied by a^2 otherwise.
template <class A>
DYT_DEVICE A exp_of_minus_square(A a) {
  const A bounded = at_most(a, A(sizeof(A) == sizeof(double) ? 28 : 12));
  const A square = bounded * bounded;
  const A rest = fused(bounded, bounded, -square);
  const A e = exp_of(-square);
  return fused(-rest, e, e);
}

// sin(x) for x in [0, pi/2]: Taylor's series, to x^13 in fp32 and x^23 in fp64; within 1.5 ULP.
DYT_DEVICE float sine(float x) {
  const float c[] = {-1.66666667e-1f, 8.33333333e-3f, -1.98412698e-4f,
                     2.75573192e-6f,  -2.5052108e-8f, 1.6059044e-10f};
  const float square = x * x;
  return fused(x * square, polynomial(square, c), x);
}
DYT_DEVICE double sine(double x) {
  const double c[] = {-1.0 / 6,
                      1.0 / 120,
                      -1.0 / 5040,
                      1.0 / 362880,
                      -1.0 / 39916800,
                      1.0 / 6227020800,
                      -1.0 / 1307674368000,
                      1.0 / 355687428096000,
                      -1.0 / 121645100408832000,
                      1.9572941063391263e-20,
                      -3.8681701706306841e-23};
  const double square = x * x;
  return fused(x * square, polynomial(square, c), x);
}

// pi/2 - a for a in [0, pi/2]: sin of it is cos(a), without cancellation at the end of the range.
DYT_DEVICE float complement(float a) { return 0x1.921fb6p+0f - a + -0x1.777a5cp-25f; }
DYT_DEVICE double complement(double a) { return 0x1.921fb54442d18p+0 - a + 0x1.1a62633145c07p-54; }

}  // namespace dyt::kernels::cuda
