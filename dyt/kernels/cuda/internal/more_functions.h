// SPDX-License-Identifier: Apache-2.0
// The rest of the family: one form each for fp32 and 16-bit types. See functions.h.
#pragma once

#include "dyt/kernels/cuda/internal/functions.h"

namespace dyt::kernels::cuda {

// What the structs below share: no fast form, and value(u) as part of point(u); the compiler drops
// the slope.
template <class F>
struct OneForm {
  static constexpr bool kHasFast = false;

  template <Precision P, class A>
  static DYT_DEVICE A value(A u) {
    return F::template point<P>(u).value;
  }
};

struct Arctan : OneForm<Arctan> {
  static constexpr std::string_view kName = "arctan";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    // 2/pi in two parts.
    constexpr A kHigh = P == Precision::kDouble ? A(0x1.45f306dc9c883p-1) : A(0x1.45f306p-1);
    constexpr A kLow = P == Precision::kDouble ? A(-0x1.6b01ec5417056p-55) : A(0x1.b9391p-26);
    const A angle = library_atan(u);
    const A a = at_most(magnitude(u), P == Precision::kDouble ? A(1e154) : A(9e18f));
    const A slope = kHigh * reciprocal(fused(a, a, A(1)));
    const A size = at_most(magnitude(fused(angle, kHigh, angle * kLow)), A(1));
    return {with_sign(size, u), slope};
  }
};

struct Satursin : OneForm<Satursin> {
  static constexpr std::string_view kName = "satursin";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    constexpr A kKink = P == Precision::kDouble ? A(0x1.921fb54442d18p+0) : A(0x1.921fb4p+0);
    const A a = magnitude(u);
    const A inside = at_most(a, kKink);
    const A size = a > kKink ? A(1) : at_most(sine(inside), A(1));
    return {with_sign(size, u), a > kKink ? A(0) : sine(complement(inside))};
  }
};

struct Smoothsign : OneForm<Smoothsign> {
  static constexpr std::string_view kName = "smoothsign";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = at_most(magnitude(u), P == Precision::kDouble ? A(1e160) : A(1e25));
    const A q = reciprocal(1 + a);
    return {with_sign(quotient(a, 1 + a), u), q * q};
  }
};

struct Relsign : OneForm<Relsign> {
  static constexpr std::string_view kName = "relsign";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = at_most(magnitude(u), P == Precision::kDouble ? A(1e154) : A(1.5e19f));
    const A length = root(fused(a, a, A(1)));
    const A size = at_most(quotient(a, length + 1), A(1));
    return {with_sign(size, u), reciprocal(length) * reciprocal(length + 1)};
  }
};

struct Expsign : OneForm<Expsign> {
  static constexpr std::string_view kName = "expsign";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    return {with_sign(at_most(-library_expm1(-a), A(1)), u), exp_of(-a)};
  }
};

struct Exproot : OneForm<Exproot> {
  static constexpr std::string_view kName = "exproot";

  // exp(-r) with r = sqrt(a) is r times as sensitive as r, so what its rounding lost is put back.
  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    constexpr A kTiny = P == Precision::kDouble ? A(0x1p-900) : A(0x1p-100);
    constexpr A kScale = P == Precision::kDouble ? A(0x1p200) : A(0x1p60);
    constexpr A kBack = P == Precision::kDouble ? A(0x1p-100) : A(0x1p-30);
    const A a = at_most(magnitude(u), P == Precision::kDouble ? A(1e6) : A(2e4));
    // A subnormal a is scaled into root()'s range.
    const A r = a < kTiny ? root(a * kScale) * kBack : root(a);
    const A half = A(0.5) * reciprocal(r);
    const A rest = a < kTiny ? A(0) : fused(-r, r, a) * half;
    const A e = exp_of(-r);
    const A slope = a == 0 ? A(0) : fused(-rest, e, e) * half;
    return {with_sign(at_most(-library_expm1(-r), A(1)), u), slope};
  }
};

struct Cubsign : OneForm<Cubsign> {
  static constexpr std::string_view kName = "cubsign";

  // Beyond 1 in powers of 1/a, which do not overflow.
  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    const bool large = a > 1;
    const A b = large ? reciprocal(at_most(a, P == Precision::kDouble ? A(1e100) : A(1e25))) : a;
    const A square = b * b;
    const A cube = square * b;
    const A q = reciprocal(1 + cube);
    const A slope = 3 * square * (large ? square : A(1)) * (q * q);
    return {with_sign(large ? q : quotient(cube, 1 + cube), u), slope};
  }
};

struct Saturlog : OneForm<Saturlog> {
  static constexpr std::string_view kName = "saturlog";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    constexpr A kLargest =
        P == Precision::kDouble ? A(0x1.fffffffffffffp+1023) : A(0x1.fffffep+127);
    const A a = magnitude(u);
    const A log = library_log1p(at_most(a, kLargest));
    const A q = reciprocal(1 + log);
    const A far = at_most(a, P == Precision::kDouble ? A(1e308) : A(1e37f));  // f' is subnormal
    return {with_sign(a > kLargest ? A(1) : quotient(log, 1 + log), u),
            q * q * reciprocal(1 + far)};
  }
};

// Within the kink f(a), else 1; f' there the inner one, else 0. NaN goes through.
template <class A>
DYT_DEVICE Point<A> clipped(A u, A kink, A value, A slope) {
  const bool outside = magnitude(u) > kink;
  return {with_sign(outside ? A(1) : at_most(value, A(1)), u), outside ? A(0) : slope};
}

struct LogsignClip : OneForm<LogsignClip> {
  static constexpr std::string_view kName = "logsign_clip";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    constexpr A kKink = P == Precision::kDouble ? A(0x1.b7e151628aed2p+0) : A(0x1.b7e15p+0);
    const A a = at_most(magnitude(u), A(2));
    return clipped(u, kKink, library_log1p(a), reciprocal(1 + a));
  }
};

struct LogquadClip : OneForm<LogquadClip> {
  static constexpr std::string_view kName = "logquad_clip";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    constexpr A kKink = P == Precision::kDouble ? A(0x1.4f92b7e61eb29p+0) : A(0x1.4f92b6p+0);
    const A a = at_most(magnitude(u), A(2));
    return clipped(u, kKink, library_log1p(a * a), 2 * a * reciprocal(fused(a, a, A(1))));
  }
};

struct Power23Clip : OneForm<Power23Clip> {
  static constexpr std::string_view kName = "power23_clip";

  template <Precision P, class A>
  static DYT_DEVICE Point<A> point(A u) {
    const A a = magnitude(u);
    const A r = a == 0 ? A(0) : library_inverse_cbrt(a);  // f' is infinite at 0 and by definition 0
    return clipped(u, A(1), a * r, A(2) / 3 * r);
  }
};

// Every function that the kernels are compiled for.
template <class... F>
struct FunctionList {
  static constexpr int kCount = sizeof...(F);
};
using Functions =
    FunctionList<Tanh, Erf, Isru, LinearClip, Sigmoid, Arctan, Satursin, Smoothsign, Relsign,
                 Expsign, Exproot, Cubsign, Saturlog, LogsignClip, LogquadClip, Power23Clip>;

}  // namespace dyt::kernels::cuda
