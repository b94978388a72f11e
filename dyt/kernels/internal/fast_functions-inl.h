// SPDX-License-Identifier: Apache-2.0
// f and f' on vectors of fp32 numbers: tanh, erf, isru, linear_clip. Included once per SIMD target.
//
//   Lanes t = Tanh::value(u);
//   auto [t, slope] = Tanh::point(u);
//   Pair both = values(Tanh(), prepare(Tanh(), {u, v}));
//
// Range: all; NaN goes through, +-inf -> +-1, -0 -> -0. Errors, enforced by tests/kernels against
// functions.h: f 2 ULP of fp32, f' 1e-6 of its maximum. Short<Tanh, T> is for arrays of the 16-bit
// type T: value within 1 ULP of T, point within 1e-5 of the maxima.
#if defined(DYT_KERNELS_FAST_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_FAST_FUNCTIONS_INL_H_
#undef DYT_KERNELS_FAST_FUNCTIONS_INL_H_
#else
#define DYT_KERNELS_FAST_FUNCTIONS_INL_H_
#endif

#include "dyt/kernels/internal/function_tables.h"
#include "dyt/kernels/internal/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

struct PointLanes {
  Lanes value, slope;

  HWY_INLINE PointLanes() {}  // as Pair
  HWY_INLINE PointLanes(Lanes value_lanes, Lanes slope_lanes)
      : value(value_lanes), slope(slope_lanes) {}
};

struct PointPair {
  Pair value, slope;

  HWY_INLINE PointPair() {}  // as Pair
  HWY_INLINE PointPair(const Pair& values, const Pair& slopes) : value(values), slope(slopes) {}
  HWY_INLINE PointLanes low() const { return {value.low, slope.low}; }
  HWY_INLINE PointLanes high() const { return {value.high, slope.high}; }
};

HWY_INLINE Lanes horner(Lanes, float c0) { return splat(c0); }

// c0 + x*(c1 + x*(c2 + ...))
template <class... More>
HWY_INLINE Lanes horner(Lanes x, float c0, float c1, More... more) {
  return hn::MulAdd(x, horner(x, c1, more...), splat(c0));
}

// The smaller and the larger of a limit and u, where a NaN of u stays NaN. x86 returns the second
// operand then; Highway's Min and Max on ARM would return the limit.
HWY_INLINE Lanes at_most(float limit, Lanes u) {
#if HWY_TARGET == HWY_NEON
  return Lanes(vminq_f32(splat(limit).raw, u.raw));
#else
  return hn::Min(splat(limit), u);
#endif
}

HWY_INLINE Lanes at_least(float limit, Lanes u) {
#if HWY_TARGET == HWY_NEON
  return Lanes(vmaxq_f32(splat(limit).raw, u.raw));
#else
  return hn::Max(splat(limit), u);
#endif
}

// |u| up to the place where f is 1.
HWY_INLINE Lanes magnitude(Lanes u, float clamp) { return at_most(clamp, hn::Abs(u)); }

HWY_INLINE Lanes with_sign(Lanes magnitude, Lanes sign) {
  return hn::CopySignToAbs(magnitude, sign);
}

// 2^n * exp2(r) = exp2(x) for x in [-126, 126].
HWY_INLINE Lanes exp2_of(Lanes x) {
  const hn::RebindToSigned<Floats> d32;
  const Lanes n = hn::Round(x);
  const Lanes r = hn::Sub(x, n);
  const Lanes p = horner(r, 1.0f, 0.69314718246f, 0.24022650719f, 0.05550365895f, 0.0096180774271f,
                         0.0013388075167f, 0.000154564317f);
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(d32, n));
  return hn::BitCast(Floats(), hn::Add(hn::BitCast(d32, p), exponent));
}

#if HWY_TARGET == HWY_AVX3
// f by table: see scripts/fit/function_tables.py. A register holds the 16 entries of a row; one
// instruction fetches 16 of them by the four index bits.
HWY_INLINE Lanes fetch(const float* row, __m512i index) {
  return Lanes{_mm512_permutexvar_ps(index, _mm512_load_ps(row))};
}

// Of two vectors side by side: between two dependent instructions of one stands one of the other.
template <int kFrom, int kDegree>
HWY_INLINE Pair polynomial(const internal::FunctionTable<kDegree>& table, __m512i low, __m512i high,
                           const Pair& r) {
  const float* row = table.rows[kFrom + 1];
  if constexpr (kFrom == kDegree) {
    return {fetch(row, low), fetch(row, high)};
  } else {
    const Pair more = polynomial<kFrom + 1>(table, low, high, r);
    return {hn::MulAdd(more.low, r.low, fetch(row, low)),
            hn::MulAdd(more.high, r.high, fetch(row, high))};
  }
}

// With kPlusSelf the first interval's polynomial is of f(a) - a: a leading coefficient that is not
// 1 cannot be rounded without an error of its own.
enum class First { kWhole, kPlusSelf };

// Two vectors and where their |u| lie in a table.
struct Places {
  Pair u, a, moved;
  __m512i low, high;

  HWY_INLINE Places() {}  // as Pair
};

template <int kDegree>
HWY_INLINE Places places_in(const internal::FunctionTable<kDegree>& table, const Pair& u) {
  const Lanes offset = splat(table.offset);
  Places places;
  places.u = u;
  places.a = {magnitude(u.low, table.clamp), magnitude(u.high, table.clamp)};
  places.moved = {hn::Add(places.a.low, offset), hn::Add(places.a.high, offset)};
  places.low = _mm512_srli_epi32(_mm512_castps_si512(places.moved.low.raw), 21);
  places.high = _mm512_srli_epi32(_mm512_castps_si512(places.moved.high.raw), 21);
  return places;
}

// f(|u|)
template <First kFirst, int kDegree>
HWY_INLINE Pair at(const internal::FunctionTable<kDegree>& table, const Places& places) {
  const Pair r{hn::Sub(places.a.low, fetch(table.rows[0], places.low)),
               hn::Sub(places.a.high, fetch(table.rows[0], places.high))};
  const Pair p = polynomial<1>(table, places.low, places.high, r);
  Pair c0{fetch(table.rows[1], places.low), fetch(table.rows[1], places.high)};
  if constexpr (kFirst == First::kPlusSelf) {
    const Lanes second = splat(table.second);
    c0 = {hn::IfThenElse(hn::Lt(places.moved.low, second), places.a.low, c0.low),
          hn::IfThenElse(hn::Lt(places.moved.high, second), places.a.high, c0.high)};
  }
  return {hn::MulAdd(p.low, r.low, c0.low), hn::MulAdd(p.high, r.high, c0.high)};
}

// f(u)
template <First kFirst, int kDegree>
HWY_INLINE Pair by_table(const internal::FunctionTable<kDegree>& table, const Places& places) {
  const Pair t = at<kFirst>(table, places);
  return {with_sign(t.low, places.u.low), with_sign(t.high, places.u.high)};
}

// The functions below, where tables serve them: f in two stages, of two vectors at once.
template <First kFirst, const auto& kTable>
struct TableValues {
  HWY_INLINE static Places prepare(const Pair& u) { return places_in(kTable, u); }
  HWY_INLINE static Pair values(const Places& places) { return by_table<kFirst>(kTable, places); }
  HWY_INLINE static Lanes value(Lanes u) { return values(prepare({u, u})).low; }
};

template <const auto& kTable>
struct TanhPoints {
  HWY_INLINE static Places prepare_points(const Pair& u) { return places_in(kTable, u); }
  HWY_INLINE static PointPair points(const Places& places) {
    const Pair t = by_table<First::kWhole>(kTable, places);
    return {t, {hn::NegMulAdd(t.low, t.low, splat(1)), hn::NegMulAdd(t.high, t.high, splat(1))}};
  }
  HWY_INLINE static PointLanes point(Lanes u) { return points(prepare_points({u, u})).low(); }
};

// Both from tables over the same intervals; the slope is 0 from the clamp on.
template <const auto& kTable, const auto& kSlopes>
struct ErfPoints {
  HWY_INLINE static Places prepare_points(const Pair& u) { return places_in(kTable, u); }
  HWY_INLINE static PointPair points(const Places& places) {
    const Pair t = by_table<First::kPlusSelf>(kTable, places);
    const Pair slope = at<First::kWhole>(kSlopes, places);
    const Lanes clamp = splat(kTable.clamp);
    return {t,
            {hn::IfThenZeroElse(hn::Eq(places.a.low, clamp), slope.low),
             hn::IfThenZeroElse(hn::Eq(places.a.high, clamp), slope.high)}};
  }
  HWY_INLINE static PointLanes point(Lanes u) { return points(prepare_points({u, u})).low(); }
};

struct Tanh : TableValues<First::kWhole, internal::kTanh>, TanhPoints<internal::kTanh> {};
struct Erf : TableValues<First::kPlusSelf, internal::kErf>,
             ErfPoints<internal::kErf, internal::kErfSlope> {};
#else
struct Tanh {
  HWY_INLINE static Lanes value(Lanes u) {
    return with_sign(by_exponential(magnitude(u, 9.02f)), u);
  }

  HWY_INLINE static PointLanes point(Lanes u) {
    const Lanes t = value(u);
    return {t, hn::NegMulAdd(t, t, splat(1))};
  }

  // Near 0 an odd polynomial, else 1 - 2 / (1 + exp(2a)).
  HWY_INLINE static Lanes by_exponential(Lanes a) {
    const Lanes square = hn::Mul(a, a);
    const Lanes odd = horner(square, -0.33333328366f, 0.13332764804f, -0.053851343691f,
                             0.021000802517f, -0.0061026513577f);
    const Lanes near_zero = hn::MulAdd(hn::Mul(a, square), odd, a);
    const Lanes q = hn::Div(splat(2), hn::Add(splat(1), exponential(hn::Add(a, a))));
    return hn::IfThenElse(hn::Ge(a, splat(0.625f)), hn::Sub(splat(1), q), near_zero);  // NaN: near
  }

  // exp(x), 0 <= x < 20.
  HWY_INLINE static Lanes exponential(Lanes x) {
    const hn::RebindToSigned<Floats> d32;
    const Lanes n = hn::Round(hn::Mul(x, splat(1.44269504f)));
    const Lanes r =
        hn::NegMulAdd(n, splat(-2.12194440e-4f), hn::NegMulAdd(n, splat(0.693359375f), x));
    const Lanes q =
        horner(r, 0.5f, 0.16666576266f, 0.041666463017f, 0.0083633065224f, 0.0013935359893f);
    const Lanes p = hn::Add(hn::MulAdd(hn::Mul(r, r), q, r), splat(1));
    const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(d32, n));
    return hn::BitCast(Floats(), hn::Add(hn::BitCast(d32, p), exponent));
  }
};

struct Erf {
  HWY_INLINE static Lanes value(Lanes u) {
    return with_sign(by_exponential(magnitude(u, 3.95f)), u);
  }

  HWY_INLINE static PointLanes point(Lanes u) {
    // 2/sqrt(pi) * exp(-u^2), 0 where that is below the normal numbers.
    const Lanes a = magnitude(u, 9.3f);
    const Lanes e = exp2_of(hn::Mul(hn::Mul(a, a), splat(-1.4426950409f)));
    const Lanes slope = hn::IfThenElse(hn::Lt(a, splat(9.3f)), hn::Mul(e, splat(1.1283791671f)),
                                       hn::Sub(a, splat(9.3f)));  // 0, or NaN
    return {value(u), slope};
  }

  // Below 1 an odd polynomial, else 1 - erfc(a) with log2(erfc) a polynomial.
  HWY_INLINE static Lanes by_exponential(Lanes a) {
    const Lanes odd =
        horner(hn::Mul(a, a), 0.128379166126f, -0.376126289368f, 0.112836189569f, -0.0268551744521f,
               0.00519084464759f, -0.0008031835896f, 7.92413044775e-5f);
    const Lanes near_zero = hn::MulAdd(a, odd, a);
    const Lanes tail =
        horner(a, -4.92713821586e-4f, -1.62604594231f, -0.920648396015f, -0.148751601577f,
               0.0315056666732f, -0.0042525716126f, 2.6888831053e-4f);
    const Lanes far = hn::Sub(splat(1), exp2_of(tail));
    return hn::IfThenElse(hn::Ge(a, splat(1)), far, near_zero);  // NaN: near
  }
};
#endif

struct Isru {
  static constexpr float kClamp = 1e9f;  // f has long been 1, and the square does not overflow

  HWY_INLINE static Lanes value(Lanes u) { return point(u).value; }

#if HWY_TARGET == HWY_AVX3
  HWY_INLINE static PointLanes point(Lanes u) {
    const Lanes a = magnitude(u, kClamp);
    const Lanes square = hn::MulAdd(a, a, splat(1));
    const Lanes y = hn::ApproximateReciprocalSqrt(square);  // 14 bits
    // 1 / sqrt(square) = y * (1 + more), from e = 1 - square * y^2.
    const Lanes e = hn::NegMulAdd(hn::Mul(square, y), y, splat(1));
    const Lanes more = hn::Mul(e, hn::MulAdd(e, splat(0.375f), splat(0.5f)));
    const Lanes t = hn::Mul(a, y);
    const Lanes lost = hn::MulSub(a, y, t);
    const Lanes r = hn::MulAdd(y, more, y);
    return finished(u, a, hn::Add(t, hn::MulAdd(t, more, lost)), r);
  }
#else
  HWY_INLINE static PointLanes point(Lanes u) {
    const Lanes a = magnitude(u, kClamp);
    const Lanes root = hn::Sqrt(hn::MulAdd(a, a, splat(1)));
    return finished(u, a, hn::Div(a, root), hn::Div(splat(1), root));
  }
#endif

 private:
  // Never above 1; where u was clamped the slope is below the bound: 0, as at infinity.
  HWY_INLINE static PointLanes finished(Lanes u, Lanes a, Lanes t, Lanes r) {
    return {with_sign(at_most(1, t), u),
            hn::IfThenZeroElse(hn::Eq(a, splat(kClamp)), hn::Mul(hn::Mul(r, r), r))};
  }
};

struct LinearClip {
  HWY_INLINE static Lanes value(Lanes u) { return with_sign(magnitude(u, 1), u); }

  // NaN has the slope NaN: it fails both comparisons.
  HWY_INLINE static PointLanes point(Lanes u) {
    const Lanes outer = hn::IfThenElse(hn::Gt(hn::Abs(u), splat(1)), hn::Zero(Floats()), u);
    return {value(u), hn::IfThenElse(hn::Le(hn::Abs(u), splat(1)), splat(1), outer)};
  }
};

template <class F, class T>
struct Short : F {};

HWY_INLINE Lanes between(Lanes u, float clamp) { return at_least(-clamp, at_most(clamp, u)); }

// From the clamp on exactly 1, as a weight may be large.
HWY_INLINE Lanes one_beyond(Lanes u, float clamp, Lanes t) {
  const Lanes a = hn::Abs(u);
  return with_sign(hn::IfThenElse(hn::Ge(a, splat(clamp)), splat(1), hn::Abs(t)), u);
}

#if HWY_TARGET == HWY_AVX3
template <>
struct Short<Tanh, BFloat16> : TableValues<First::kWhole, internal::kTanhBFloat16>,
                               TanhPoints<internal::kTanhShort> {};

template <>
struct Short<Tanh, Float16> : TableValues<First::kWhole, internal::kTanhFloat16>,
                              TanhPoints<internal::kTanhShort> {};

template <>
struct Short<Erf, BFloat16> : TableValues<First::kPlusSelf, internal::kErfBFloat16>,
                              ErfPoints<internal::kErfShort, internal::kErfSlopeShort> {};

template <>
struct Short<Erf, Float16> : TableValues<First::kPlusSelf, internal::kErfFloat16>,
                             ErfPoints<internal::kErfShort, internal::kErfSlopeShort> {};
#else
template <>
struct Short<Tanh, BFloat16> : Tanh {
  HWY_INLINE static Lanes value(Lanes u) {
    const Lanes z = between(u, 3.49f);
    const Lanes square = hn::Mul(z, z);
    const Lanes p = horner(square, 0.999994659925f, 0.106650880069f, 0.000823315158463f);
    const Lanes q = horner(square, 1.0f, 0.439938216603f, 0.0142026105161f);
    return one_beyond(u, 3.49f, hn::Div(hn::Mul(z, p), q));
  }
};

template <>
struct Short<Tanh, Float16> : Tanh {
  HWY_INLINE static Lanes value(Lanes u) {
    const Lanes z = between(u, 4.51f);
    const Lanes square = hn::Mul(z, z);
    const Lanes p =
        horner(square, 0.999999976804f, 0.125954901698f, 0.00255685420464f, 5.49142927826e-6f);
    const Lanes q = horner(square, 1.0f, 0.459287982156f, 0.0223199732286f, 0.000174974440468f);
    return one_beyond(u, 4.51f, hn::Div(hn::Mul(z, p), q));
  }
};

template <>
struct Short<Erf, BFloat16> : Erf {
  HWY_INLINE static Lanes value(Lanes u) {
    const Lanes z = between(u, 2.2f);
    const Lanes p = horner(hn::Mul(z, z), 1.12835335732f, -0.37564355135f, 0.11127295345f,
                           -0.024869050831f, 0.003936280962f, -0.000385419640f, 1.71208375832e-5f);
    return one_beyond(u, 2.2f, hn::Mul(z, p));
  }
};

template <>
struct Short<Erf, Float16> : Erf {
  HWY_INLINE static Lanes value(Lanes u) {
    const Lanes z = between(u, 2.6f);
    const Lanes p = horner(hn::Mul(z, z), 1.12837862968f, -0.376110732555f, 0.112763889134f,
                           -0.02672712691f, 0.00508765131f, -0.0007754402468f, 9.10557428e-5f,
                           -7.61829915e-6f, 3.96732360741e-7f, -9.51757339607e-9f);
    return one_beyond(u, 2.6f, hn::Mul(z, p));
  }
};
#endif

// Two vectors at once, by the function's own stages where it has some: what `prepare` does needs no
// more than u and can run beside the later stage of vectors before.
template <class F>
HWY_INLINE auto prepare(const F& f, const Pair& u) {
  if constexpr (requires { f.prepare(u); }) {
    return f.prepare(u);
  } else {
    return u;
  }
}

template <class F, class Prepared>
HWY_INLINE Pair values(const F& f, const Prepared& prepared) {
  if constexpr (requires { f.values(prepared); }) {
    return f.values(prepared);
  } else {
    return {f.value(prepared.low), f.value(prepared.high)};
  }
}

template <class F>
HWY_INLINE auto prepare_points(const F& f, const Pair& u) {
  if constexpr (requires { f.prepare_points(u); }) {
    return f.prepare_points(u);
  } else {
    return u;
  }
}

template <class F, class Prepared>
HWY_INLINE PointPair points(const F& f, const Prepared& prepared) {
  if constexpr (requires { f.points(prepared); }) {
    return f.points(prepared);
  } else {
    const PointLanes low = f.point(prepared.low), high = f.point(prepared.high);
    return {{low.value, high.value}, {low.slope, high.slope}};
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_FAST_FUNCTIONS_INL_H_
