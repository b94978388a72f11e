// SPDX-License-Identifier: Apache-2.0
// f and f' of each function of the family, for one element: value(u) = f(u), point(u) both.
//
// One struct a function, and one entry in the list at the end: the kernels of all types follow from
// the list, and a row of kernels/functions.h finds its kernels by name. Formulas, ranges and bounds
// are those of the row; tests/kernels/cuda holds every struct to them. kHasFast: 16-bit problems
// have a cheaper form, |t - f(u)| <= 1 ULP of the 16-bit type and |slope - f'(u)| <= 1e-5 max|f'|.
#pragma once

#include <string_view>

#include "dyt/kernels/cuda/internal/arithmetic.h"

namespace dyt::kernels::cuda {

struct Tanh {
  static constexpr std::string_view kName = "tanh";
  static constexpr bool kHasFast = true;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    if constexpr (P == Precision::kFast) {
      return tanh_approx(u);
    } else if constexpr (P == Precision::kDouble) {
      return library_tanh(u);
    } else {
      return point<P>(u).value;
    }
  }

  // 1 - t^2 would cancel, and tanh.approx is not good enough for a slope within 1e-5. With
  // h = 1 - |t| = 2e / (1 + e), e = exp(-2|u|), the slope is h (1 + |t|).
  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    if constexpr (P == Precision::kFast) {
      const float e = exp2_approx_flushed(fused(-2.88539008f, a, 1.0f));  // 2 exp(-2a)
      const float h = e * reciprocal_approx(fused(0.5f, e, 1.0f));
      const float t = 1 - h;
      const float near_zero = fused(a * a, -0.333333333f * a, a);
      return {with_sign(a < 0.06f ? near_zero : t, u), fused(h, t, h)};
    } else {
      const A e = 2 * exp_of(-2 * a);
      const A q = reciprocal(fused(A(0.5), e, A(1)));
      const A t = fused(-e, q, A(1));
      const A slope = e * q * (1 + t);
      if constexpr (P == Precision::kDouble) {
        return {library_tanh(u), slope};
      } else {
        const float c[] = {-0.33333328366f, 0.13332764804f, -0.053851343691f, 0.021000802517f,
                           -0.0061026513577f};
        const float square = a * a;
        const float near_zero = fused(a * square, polynomial(square, c), a);
        return {with_sign(a < 0.625f ? near_zero : t, u), slope};
      }
    }
  }
};

struct Erf {
  static constexpr std::string_view kName = "erf";
  static constexpr bool kHasFast = true;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    if constexpr (P == Precision::kFast) {
      return clamped_polynomial(u);
    } else if constexpr (P == Precision::kDouble) {
      return library_erf(u);
    } else {
      return from_halves(u);
    }
  }

  // The clamp of the fast value would leave weight gradients 2e-4 off, so f is the exact one.
  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    if constexpr (P == Precision::kFast) {
      return {from_halves(u), 1.12837917f * exp2_approx_flushed(-1.44269504f * a * a)};
    } else {
      constexpr Precision kValue = P;
      return {value<kValue>(u), A(0x1.20dd750429b6dp+0) * exp_of_minus_square(a)};
    }
  }

 private:
  static DYT_DEVICE float clamped_polynomial(float u) {
    const float c[] = {1.12837862968f,    -0.376110732555f,  0.112763889134f, -0.02672712691f,
                       0.00508765131f,    -0.0007754402468f, 9.10557428e-5f,  -7.61829915e-6f,
                       3.96732360741e-7f, -9.51757339607e-9f};
    const float a = at_most(magnitude(u), 2.6f);
    return with_sign(a * polynomial(a * a, c), u);
  }

  // Below 1 a + a P(a^2); above 1 - 2^L(a), L = log2(erfc). Within 1.3 ULP.
  static DYT_DEVICE float from_halves(float u) {
    const float p[] = {0.128379166126f,   -0.376126289368f,  0.112836189569f,  -0.0268551744521f,
                       0.00519084464759f, -0.0008031835896f, 7.92413044775e-5f};
    const float l[] = {-4.92713821586e-4f, -1.62604594231f,   -0.920648396015f, -0.148751601577f,
                       0.0315056666732f,   -0.0042525716126f, 2.6888831053e-4f};
    const float power[] = {1.0f,           0.69314718246f,   0.24022650719f,
                           0.05550365895f, 0.0096180774271f, 0.0013388075167f,
                           0.000154564317f};
    const float a = at_most(magnitude(u), 3.95f);
    const float below = fused(a, polynomial(a * a, p), a);
    const float exponent = polynomial(a, l);
    const float shifted = exponent + kRounder;
    const float rest = exponent - (shifted - kRounder);
    const int n = static_cast<int>(bits_of(shifted) - bits_of(kRounder));
    const float complement_of_it =
        polynomial(rest, power) * float_of(static_cast<uint32_t>(n + 127) << 23);
    return with_sign(a < 1 ? below : 1 - complement_of_it, u);
  }
};

struct Isru {
  static constexpr std::string_view kName = "isru";
  static constexpr bool kHasFast = true;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    return point<P>(u).value;
  }

  // Beyond the bound f is 1 and f' subnormal; it keeps the square finite.
  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = at_most(magnitude(u), P == Precision::kDouble ? A(1e103) : A(1e13));
    const A square = fused(a, a, A(1));
    if constexpr (P == Precision::kFast) {
      const float r = inverse_root_approx(square);
      return {with_sign(a * r, u), r * r * r};
    } else {
      const A length = root(square);
      const A r = reciprocal(length);
      return {with_sign(at_most(quotient(a, length), A(1)), u), r * r * r};
    }
  }
};

struct LinearClip {
  static constexpr std::string_view kName = "linear_clip";
  static constexpr bool kHasFast = false;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    return with_sign(at_most(magnitude(u), A(1)), u);
  }

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    return {value<P>(u), a > 1 ? A(0) : a <= 1 ? A(1) : u};
  }
};

struct Sigmoid {
  static constexpr std::string_view kName = "sigmoid";
  static constexpr bool kHasFast = true;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    return point<P>(u).value;
  }

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    A e, q;
    if constexpr (P == Precision::kFast) {
      e = exp2_approx(-1.44269504f * a);
      q = reciprocal_approx(1 + e);
    } else {
      e = exp_of(-a);
      q = reciprocal(1 + e);
    }
    return {u < 0 ? e * q : q, e * q * q};
  }
};

}  // namespace dyt::kernels::cuda
