// SPDX-License-Identifier: Apache-2.0
// f and f' of the whole family on vectors of fp32 numbers, computed in fp64: half the lanes, but
// within 1 ULP of fp32 and 1e-6 of f' with plain formulas. For the functions that have no fast form
// and for exact mode. Included once per SIMD target.
//
//   const WideFunction f = wide_function(Function::kArctan);
//   auto [t, slope] = f.point(u);
//
// Range: all; NaN goes through. The formulas are those of internal/reference_functions.h.
#if defined(DYT_KERNELS_WIDE_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_WIDE_FUNCTIONS_INL_H_
#undef DYT_KERNELS_WIDE_FUNCTIONS_INL_H_
#else
#define DYT_KERNELS_WIDE_FUNCTIONS_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <numbers>

#include "dyt/kernels/functions.h"
#include "dyt/kernels/internal/fast_functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace wide {

using D = hn::Repartition<double, Floats>;
using V = hn::Vec<D>;

struct Point {
  V value, slope;
};

HWY_INLINE V set(double number) { return hn::Set(D(), number); }
HWY_INLINE V exp(V x) { return hn::Exp(D(), x); }
HWY_INLINE V expm1(V x) { return hn::Expm1(D(), x); }
HWY_INLINE V log1p(V x) { return hn::Log1p(D(), x); }
HWY_INLINE V square(V x) { return hn::Mul(x, x); }
HWY_INLINE V reciprocal(V x) { return hn::Div(set(1), x); }
HWY_INLINE V one_plus(V x) { return hn::Add(set(1), x); }

HWY_INLINE V horner(V, double c0) { return set(c0); }
template <class... More>
HWY_INLINE V horner(V x, double c0, double c1, More... more) {
  return hn::MulAdd(x, horner(x, c1, more...), set(c0));
}

// F knows finite a >= 0; here are the infinities and the sign.
template <class F>
struct Odd {
  HWY_INLINE static Point point(V u) {
    const V a = hn::Abs(u);
    const Point f = F::point(a);
    const auto infinite = hn::IsInf(u);
    return {hn::CopySign(hn::IfThenElse(infinite, set(1), f.value), u),
            hn::IfThenZeroElse(infinite, f.slope)};
  }
};

// F up to its edge, which belongs to the inside, and 1 beyond.
template <class F>
struct Clipped {
  HWY_INLINE static Point point(V a) {
    const Point f = F::point(hn::Min(a, set(F::kEdge)));
    const auto beyond = hn::Gt(a, set(F::kEdge));
    return {hn::IfThenElse(beyond, set(1), f.value), hn::IfThenZeroElse(beyond, f.slope)};
  }
};

struct Tanh {
  HWY_INLINE static Point point(V a) {
    const V e = exp(hn::Mul(set(-2), a));
    const V q = reciprocal(one_plus(e));
    const V t = hn::Mul(hn::Sub(set(1), e), q);  // cancels near 0, where a itself will do
    return {hn::IfThenElse(hn::Lt(a, set(0x1p-18)), a, t), hn::Mul(hn::Mul(set(4), e), square(q))};
  }
};

struct Erf {
  HWY_INLINE static Point point(V a) {
    const V slope = hn::Mul(set(2 * std::numbers::inv_sqrtpi), exp(hn::Neg(square(a))));
    const V odd = horner(square(a), 0.128379166126, -0.376126289368, 0.112836189569,
                         -0.0268551744521, 0.00519084464759, -0.0008031835896, 7.92413044775e-5);
    const V clamped = hn::Min(a, set(3.95));
    const V log2_rest = horner(clamped, -4.92713821586e-4, -1.62604594231, -0.920648396015,
                               -0.148751601577, 0.0315056666732, -0.0042525716126, 2.6888831053e-4);
    const V far = hn::Sub(set(1), exp(hn::Mul(set(std::numbers::ln2), log2_rest)));
    return {hn::IfThenElse(hn::Lt(a, set(1)), hn::MulAdd(a, odd, a), far), slope};
  }
};

struct Isru {
  HWY_INLINE static Point point(V a) {
    const V r = reciprocal(hn::Sqrt(one_plus(square(a))));
    return {hn::Mul(a, r), hn::Mul(r, square(r))};
  }
};

struct Linear {
  static constexpr double kEdge = 1;
  HWY_INLINE static Point point(V a) { return {a, set(1)}; }
};

struct Arctan {
  HWY_INLINE static Point point(V a) {
    constexpr double kScale = 2 * std::numbers::inv_pi;
    return {hn::Mul(set(kScale), hn::Atan(D(), a)), hn::Div(set(kScale), one_plus(square(a)))};
  }
};

struct Sine {
  static constexpr double kEdge = std::numbers::pi / 2;
  HWY_INLINE static Point point(V a) { return {hn::Sin(D(), a), hn::Cos(D(), a)}; }
};

struct Smoothsign {
  HWY_INLINE static Point point(V a) {
    const V q = reciprocal(one_plus(a));
    return {hn::Mul(a, q), square(q)};
  }
};

struct Relsign {
  HWY_INLINE static Point point(V a) {
    const V root = hn::Sqrt(one_plus(square(a)));
    return {hn::Div(a, one_plus(root)), reciprocal(hn::Mul(root, one_plus(root)))};
  }
};

struct Expsign {
  HWY_INLINE static Point point(V a) {
    const V minus = hn::Neg(a);
    return {hn::Neg(expm1(minus)), exp(minus)};
  }
};

struct Exproot {
  HWY_INLINE static Point point(V a) {
    const V minus = hn::Neg(hn::Sqrt(a));
    const V slope = hn::Div(exp(minus), hn::Mul(set(-2), minus));
    return {hn::Neg(expm1(minus)), hn::IfThenZeroElse(hn::Eq(a, hn::Zero(D())), slope)};
  }
};

struct Cubsign {
  HWY_INLINE static Point point(V a) {
    const V cube = hn::Mul(a, square(a));
    const V q = reciprocal(one_plus(cube));
    return {hn::Mul(cube, q), hn::Mul(hn::Mul(set(3), square(a)), square(q))};
  }
};

struct Saturlog {
  HWY_INLINE static Point point(V a) {
    const V log = log1p(a);
    const V q = reciprocal(one_plus(log));
    return {hn::Mul(log, q), hn::Div(square(q), one_plus(a))};
  }
};

struct Logsign {
  static constexpr double kEdge = std::numbers::e - 1;
  HWY_INLINE static Point point(V a) { return {log1p(a), reciprocal(one_plus(a))}; }
};

struct Logquad {
  static constexpr double kEdge = 1.310832494432086;  // sqrt(e - 1)
  HWY_INLINE static Point point(V a) {
    return {log1p(square(a)), hn::Div(hn::Add(a, a), one_plus(square(a)))};
  }
};

struct Power23 {
  static constexpr double kEdge = 1;
  HWY_INLINE static Point point(V a) {
    const auto zero = hn::Eq(a, hn::Zero(D()));
    const V log = hn::Log(D(), hn::IfThenElse(zero, set(1), a));
    const V root = exp(hn::Mul(log, set(1.0 / 3)));
    return {hn::IfThenZeroElse(zero, square(root)),
            hn::IfThenZeroElse(zero, hn::Div(set(2.0 / 3), root))};
  }
};

// From 0 to 1: not odd.
struct Sigmoid {
  HWY_INLINE static Point point(V u) {
    const V e = exp(hn::Neg(hn::Abs(u)));
    const V q = reciprocal(one_plus(e));
    return {hn::IfThenElse(hn::Lt(u, hn::Zero(D())), hn::Mul(e, q), q), hn::Mul(e, square(q))};
  }
};

HWY_INLINE Lanes joined(V low, V high) {
  const hn::Half<Floats> half;
  return hn::Combine(Floats(), hn::DemoteTo(half, high), hn::DemoteTo(half, low));
}

// One function for each f and target, not inlined into the loops: what a call costs is little
// beside what it computes, and the loops are compiled once.
template <class F>
HWY_NOINLINE void evaluate(const Lanes* u, PointLanes* found) {
  const hn::Half<Floats> half;
  const Point low = F::point(hn::PromoteTo(D(), hn::LowerHalf(half, *u)));
  const Point high = F::point(hn::PromoteTo(D(), hn::UpperHalf(half, *u)));
  const auto nan = hn::IsNaN(*u);
  found->value = hn::IfThenElse(nan, *u, joined(low.value, high.value));
  found->slope = hn::IfThenElse(nan, *u, joined(low.slope, high.slope));
}

}  // namespace wide

// A function chosen at run time, in the form that the loops take.
struct WideFunction {
  void (*evaluate)(const Lanes* u, PointLanes* found);

  HWY_INLINE PointLanes point(Lanes u) const {
    PointLanes found;
    evaluate(&u, &found);
    return found;
  }
  HWY_INLINE Lanes value(Lanes u) const { return point(u).value; }
};

inline WideFunction wide_function(Function function) {
  using namespace wide;
  switch (function) {
    case Function::kTanh:
      break;
    case Function::kErf:
      return {evaluate<Odd<wide::Erf>>};
    case Function::kIsru:
      return {evaluate<Odd<wide::Isru>>};
    case Function::kLinearClip:
      return {evaluate<Odd<Clipped<Linear>>>};
    case Function::kSigmoid:
      return {evaluate<Sigmoid>};
    case Function::kArctan:
      return {evaluate<Odd<Arctan>>};
    case Function::kSatursin:
      return {evaluate<Odd<Clipped<Sine>>>};
    case Function::kSmoothsign:
      return {evaluate<Odd<Smoothsign>>};
    case Function::kRelsign:
      return {evaluate<Odd<Relsign>>};
    case Function::kExpsign:
      return {evaluate<Odd<Expsign>>};
    case Function::kExproot:
      return {evaluate<Odd<Exproot>>};
    case Function::kCubsign:
      return {evaluate<Odd<Cubsign>>};
    case Function::kSaturlog:
      return {evaluate<Odd<Saturlog>>};
    case Function::kLogsignClip:
      return {evaluate<Odd<Clipped<Logsign>>>};
    case Function::kLogquadClip:
      return {evaluate<Odd<Clipped<Logquad>>>};
    case Function::kPower23Clip:
      return {evaluate<Odd<Clipped<Power23>>>};
  }
  return {evaluate<Odd<wide::Tanh>>};
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_WIDE_FUNCTIONS_INL_H_
