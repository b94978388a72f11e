// SPDX-License-Identifier: Apache-2.0
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

// f(-u) = -f(u). F knows finite a >= 0, and NaN; here are the infinities and the sign. f''(0) is 0,
// the mean of both sides, and what autograd makes of |u|.
template <class F>
struct Odd {
  template <class W>
  static W value(W u) {
    if constexpr (requires { F::value(u); }) {
      return std::copysign(std::isinf(u) ? 1 : F::value(std::abs(u)), u);
    } else {
      return point(u).value;
    }
  }

  template <class W>
  static Point<W> point(W u) {
    const Point<W> f = std::isinf(u) ? Point<W>{1, 0} : F::point(std::abs(u));
    return {std::copysign(f.value, u), f.slope};
  }

  template <class W>
  static W curvature(W u) {
    if (u == 0 || std::isinf(u)) {
      return 0;
    }
    return u < 0 ? -F::curvature(-u) : F::curvature(u);
  }
};

// F up to its edge, which belongs to the inside, and 1 beyond.
template <class F>
struct Clipped {
  template <class W>
  static Point<W> point(W a) {
    return a > F::template kEdge<W> ? Point<W>{1, 0} : F::point(a);
  }

  template <class W>
  static W curvature(W a) {
    return a > F::template kEdge<W> ? 0 : F::curvature(a);
  }
};

struct Tanh {
  // With e = exp(-2a): tanh(a) = (1 - e) / (1 + e). Near 0 the difference cancels. At 2^-18 the
  // quotient in double and a itself both hold to 2^-36, plenty for fp32; for fp64 there is no such
  // place, so the library's slower function steps in.
  template <class W>
  static Point<W> point(W a) {
    const W e = std::exp(-2 * a);
    const W q = 1 / (1 + e);
    const W slope = 4 * e * q * q;
    if constexpr (std::is_same_v<W, double>) {
      return {a < 0x1p-18 ? a : (1 - e) * q, slope};
    } else {
      return {a < 0.25L ? std::tanh(a) : (1 - e) * q, slope};
    }
  }

  template <class W>
  static W curvature(W a) {
    const Point<W> f = point(a);
    return -2 * f.value * f.slope;
  }
};

struct Erf {
  template <class W>
  static W value(W a) {
    return std::erf(a);
  }

  template <class W>
  static Point<W> point(W a) {
    return {value(a), 2 * std::numbers::inv_sqrtpi_v<W> * std::exp(-a * a)};
  }

  template <class W>
  static W curvature(W a) {
    return -2 * a * point(a).slope;
  }
};

// Powers of a cannot overflow below: W has a wider exponent than the type that u comes from.
struct Isru {
  template <class W>
  static Point<W> point(W a) {
    const W root = std::sqrt(1 + a * a);
    return {a / root, 1 / (root * root * root)};
  }

  template <class W>
  static W curvature(W a) {
    const W square = 1 + a * a;
    return -3 * a / (square * square * std::sqrt(square));
  }
};

struct Linear {
  template <class W>
  static constexpr W kEdge = 1;

  template <class W>
  static Point<W> point(W a) {
    return {a, 1 + 0 * a};  // NaN goes through
  }

  template <class W>
  static W curvature(W a) {
    return 0 * a;
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

struct Arctan {
  template <class W>
  static Point<W> point(W a) {
    constexpr W scale = 2 * std::numbers::inv_pi_v<W>;
    return {scale * std::atan(a), scale / (1 + a * a)};
  }

  template <class W>
  static W curvature(W a) {
    return -2 * a / (1 + a * a) * point(a).slope;
  }
};

struct Sine {
  template <class W>
  static constexpr W kEdge = std::numbers::pi_v<W> / 2;

  template <class W>
  static Point<W> point(W a) {
    return {std::sin(a), std::cos(a)};
  }

  template <class W>
  static W curvature(W a) {
    return -std::sin(a);
  }
};

struct Smoothsign {
  template <class W>
  static Point<W> point(W a) {
    const W q = 1 / (1 + a);
    return {a * q, q * q};
  }

  template <class W>
  static W curvature(W a) {
    const W q = 1 / (1 + a);
    return -2 * q * q * q;
  }
};

struct Relsign {
  template <class W>
  static Point<W> point(W a) {
    const W root = std::sqrt(1 + a * a);
    return {a / (1 + root), 1 / (root * (1 + root))};
  }

  template <class W>
  static W curvature(W a) {
    const W root = std::sqrt(1 + a * a);
    return -a * (1 + 2 * root) / (root * root * root * (1 + root) * (1 + root));
  }
};

struct Expsign {
  template <class W>
  static Point<W> point(W a) {
    return {-std::expm1(-a), std::exp(-a)};
  }

  template <class W>
  static W curvature(W a) {
    return -std::exp(-a);
  }
};

struct Exproot {
  template <class W>
  static Point<W> point(W a) {
    const W root = std::sqrt(a);
    return {-std::expm1(-root), root == 0 ? 0 : std::exp(-root) / (2 * root)};
  }

  template <class W>
  static W curvature(W a) {
    const W root = std::sqrt(a);
    return -std::exp(-root) * (1 + root) / (4 * root * root * root);
  }
};

struct Cubsign {
  template <class W>
  static Point<W> point(W a) {
    const W q = 1 / (1 + a * a * a);
    return {a * a * a * q, 3 * a * a * q * q};
  }

  // 6a (1 - 2a^3) / (1 + a^3)^3
  template <class W>
  static W curvature(W a) {
    const W cube = a * a * a;
    const W q = 1 / (1 + cube);
    return 6 * a * q * q * ((1 - 2 * cube) * q);
  }
};

struct Saturlog {
  template <class W>
  static Point<W> point(W a) {
    const W log = std::log1p(a);
    const W q = 1 / (1 + log);
    return {log * q, q * q / (1 + a)};
  }

  template <class W>
  static W curvature(W a) {
    const W log = std::log1p(a);
    const W root = (1 + a) * (1 + log);
    return -(3 + log) / (root * root * (1 + log));
  }
};

struct Logsign {
  template <class W>
  static constexpr W kEdge = std::numbers::e_v<W> - 1;

  template <class W>
  static Point<W> point(W a) {
    return {std::log1p(a), 1 / (1 + a)};
  }

  template <class W>
  static W curvature(W a) {
    return -1 / ((1 + a) * (1 + a));
  }
};

struct Logquad {
  template <class W>
  static constexpr W kEdge = W(1.310832494432086175906770361130L);  // sqrt(e - 1)

  template <class W>
  static Point<W> point(W a) {
    return {std::log1p(a * a), 2 * a / (1 + a * a)};
  }

  template <class W>
  static W curvature(W a) {
    const W q = 1 / (1 + a * a);
    return 2 * (1 - a) * (1 + a) * q * q;
  }
};

struct Power23 {
  template <class W>
  static constexpr W kEdge = 1;

  template <class W>
  static Point<W> point(W a) {
    const W root = std::cbrt(a);
    return {root * root, root == 0 ? 0 : 2 / (3 * root)};
  }

  template <class W>
  static W curvature(W a) {
    const W root = std::cbrt(a);
    return -2 / (9 * root * a);
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
      return kReferenceFunction<W, Odd<Erf>>;
    case Function::kIsru:
      return kReferenceFunction<W, Odd<Isru>>;
    case Function::kLinearClip:
      return kReferenceFunction<W, Odd<Clipped<Linear>>>;
    case Function::kSigmoid:
      return kReferenceFunction<W, Sigmoid>;
    case Function::kArctan:
      return kReferenceFunction<W, Odd<Arctan>>;
    case Function::kSatursin:
      return kReferenceFunction<W, Odd<Clipped<Sine>>>;
    case Function::kSmoothsign:
      return kReferenceFunction<W, Odd<Smoothsign>>;
    case Function::kRelsign:
      return kReferenceFunction<W, Odd<Relsign>>;
    case Function::kExpsign:
      return kReferenceFunction<W, Odd<Expsign>>;
    case Function::kExproot:
      return kReferenceFunction<W, Odd<Exproot>>;
    case Function::kCubsign:
      return kReferenceFunction<W, Odd<Cubsign>>;
    case Function::kSaturlog:
      return kReferenceFunction<W, Odd<Saturlog>>;
    case Function::kLogsignClip:
      return kReferenceFunction<W, Odd<Clipped<Logsign>>>;
    case Function::kLogquadClip:
      return kReferenceFunction<W, Odd<Clipped<Logquad>>>;
    case Function::kPower23Clip:
      return kReferenceFunction<W, Odd<Clipped<Power23>>>;
  }
  return kReferenceFunction<W, Odd<Tanh>>;
}

}  // namespace dyt::kernels::internal
