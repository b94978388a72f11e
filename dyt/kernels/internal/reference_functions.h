// f, f' and f'' of each function in a type wider than the tensor's: value(u) = f(u), point(u) f and
// f' at once, curvature(u) = f''(u).
//
// W is Wide<T> of the tensor's type T and u is a number of its arithmetic type. Ranges and
// formulas: functions.h. Maximum error before rounding to T: 0.01 ULP of T for f, 1e-7 (fp32),
// 1e-15 (fp64) relative for f'.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <type_traits>

#include "dyt/kernels/functions.h"

namespace dyt::kernels::internal {

static_assert(std::numeric_limits<long double>::digits >= 64,
              "the fp64 reference needs a long double wider than double");

template <class T>
using Wide = std::conditional_t<std::is_same_v<T, double>, long double, double>;

template <class W>
struct Point {
  W value;
  W slope;
};

struct Tanh {
  // With e = exp(-2|u|): |tanh(u)| = (1 - e) / (1 + e). Near 0 the difference cancels. At 2^-18 the
  // quotient in double and |u| itself both hold to 2^-36, plenty for fp32; for fp64 there is no
  // such place, so the library's slower function steps in.
  template <class W>
  static Point<W> point(W u) {
    const W a = std::abs(u);
    const W e = std::exp(-2 * a);
    const W q = 1 / (1 + e);
    const W slope = 4 * e * q * q;
    if constexpr (std::is_same_v<W, double>) {
      return {std::copysign(a < 0x1p-18 ? a : (1 - e) * q, u), slope};
    } else {
      return {std::copysign(a < 0.25L ? std::tanh(a) : (1 - e) * q, u), slope};
    }
  }

  template <class W>
  static W value(W u) {
    return point(u).value;
  }

  template <class W>
  static W curvature(W u) {
    const Point<W> f = point(u);
    return -2 * f.value * f.slope;
  }
};

struct Erf {
  template <class W>
  static W value(W u) {
    return std::erf(u);
  }

  template <class W>
  static Point<W> point(W u) {
    return {value(u), 2 * std::numbers::inv_sqrtpi_v<W> * std::exp(-u * u)};
  }

  template <class W>
  static W curvature(W u) {
    const W slope = point(u).slope;
    return slope == 0 ? 0 : -2 * u * slope;  // not inf * 0
  }
};

struct Isru {
  // u^2 cannot overflow: W has a wider exponent than the type u comes from.
  template <class W>
  static Point<W> point(W u) {
    const W root = std::sqrt(1 + u * u);
    return {std::isinf(u) ? std::copysign(W(1), u) : u / root, 1 / (root * root * root)};
  }

  template <class W>
  static W value(W u) {
    return point(u).value;
  }

  template <class W>
  static W curvature(W u) {
    const W square = 1 + u * u;
    return std::isinf(u) ? 0 : -3 * u / (square * square * std::sqrt(square));
  }
};

struct LinearClip {
  // Comparisons in the order that lets NaN through, in value and slope.
  template <class W>
  static Point<W> point(W u) {
    const W a = std::abs(u);
    if (a > 1) {
      return {std::copysign(W(1), u), 0};
    }
    return {u, a <= 1 ? W(1) : u};
  }

  template <class W>
  static W value(W u) {
    return point(u).value;
  }

  template <class W>
  static W curvature(W u) {
    return 0 * point(u).slope;
  }
};

struct Sigmoid {
  // e = exp(-|u|) cannot overflow, and e / (1 + e) keeps every bit of a small result.
  template <class W>
  static Point<W> point(W u) {
    const W e = std::exp(-std::abs(u));
    const W q = 1 / (1 + e);
    return {u < 0 ? e * q : q, e * q * q};
  }

  template <class W>
  static W value(W u) {
    return point(u).value;
  }

  template <class W>
  static W curvature(W u) {
    const Point<W> f = point(u);
    return f.slope * (1 - 2 * f.value);
  }
};

template <class W>
struct ReferenceFunction {
  W (*value)(W);
  Point<W> (*point)(W);
  W (*curvature)(W);
};

template <class W, class F>
inline constexpr ReferenceFunction<W> kReferenceFunction = {
    F::template value<W>, F::template point<W>, F::template curvature<W>};

template <class W>
const ReferenceFunction<W>& reference_function(Function function) {
  switch (function) {
    case Function::kTanh:
      break;
    case Function::kErf:
      return kReferenceFunction<W, Erf>;
    case Function::kIsru:
      return kReferenceFunction<W, Isru>;
    case Function::kLinearClip:
      return kReferenceFunction<W, LinearClip>;
    case Function::kSigmoid:
      return kReferenceFunction<W, Sigmoid>;
  }
  return kReferenceFunction<W, Tanh>;
}

}  // namespace dyt::kernels::internal
