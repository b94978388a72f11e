// SPDX-License-Identifier: Apache-2.0
// NaN, infinities, signed zeros, subnormal and huge numbers, kinks.
#include <gtest/gtest.h>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class SpecialValues : public ::testing::Test {
 protected:
  using N = Number<T>;
  static constexpr N kInfinity = std::numeric_limits<N>::infinity();
  static constexpr N kNan = std::numeric_limits<N>::quiet_NaN();
  static constexpr N kMax = static_cast<N>(format_of(dtype_of<T>()).max);
  static N tiny() { return static_cast<N>(ulp<T>(0)); }  // the smallest subnormal number

  // f and f' of the arguments, one row of results for each implementation.
  static std::vector<std::vector<N>> values(Function function, const std::vector<N>& arguments) {
    std::vector<std::vector<N>> rows;
    for (const auto& implementation : forward_for(plain_case<T>(function, arguments))) {
      rows.push_back(plain_case<T>(function, arguments).forward(implementation));
    }
    return rows;
  }
  static std::vector<std::vector<N>> slopes(Function function, const std::vector<N>& arguments) {
    std::vector<std::vector<N>> rows;
    for (const auto& implementation : backward_for(plain_case<T>(function, arguments))) {
      rows.push_back(plain_case<T>(function, arguments).backward(implementation).input);
    }
    return rows;
  }

  // Every implementation within the bounds of f and f'.
  static void expect_near_exact(const FunctionRow& row, const std::vector<N>& arguments) {
    const auto problem = plain_case<T>(row.function, arguments);
    for (const auto& implementation : forward_for(problem)) {
      const auto found = problem.forward(implementation);
      for (size_t n = 0; n < found.size(); ++n) {
        const long double exact = exact_value(row.function, arguments[n]);
        const Bounds bounds = bounds_of(implementation, false);
        EXPECT_TRUE(within<T>(found[n], exact, rounded_value_bound<T>(row, bounds, exact)))
            << row.name << " u " << arguments[n] << " f " << found[n];
      }
    }
    for (const auto& implementation : backward_for(problem)) {
      const auto found = problem.backward(implementation).input;
      for (size_t n = 0; n < found.size(); ++n) {
        const long double exact = exact_slope(row.function, arguments[n]);
        const Bounds bounds = bounds_of(implementation, false);
        EXPECT_TRUE(within<T>(found[n], exact, slope_bound<T>(row, bounds, exact) + ulp<T>(exact)))
            << row.name << " u " << arguments[n] << " f' " << found[n];
      }
    }
  }
};
TYPED_TEST_SUITE(SpecialValues, AllTypes);

TYPED_TEST(SpecialValues, NanGoesThrough) {
  for (const FunctionRow& row : kFunctions) {
    for (const auto& found : this->values(row.function, {this->kNan})) {
      EXPECT_TRUE(std::isnan(found[0])) << row.name;
    }
    for (const auto& found : this->slopes(row.function, {this->kNan})) {
      EXPECT_TRUE(std::isnan(found[0])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, NanStaysInItsElement) {
  using N = Number<TypeParam>;
  for (const FunctionRow& row : kFunctions) {
    std::vector<N> arguments(37, 1);
    arguments[20] = this->kNan;
    for (const auto& rows :
         {this->values(row.function, arguments), this->slopes(row.function, arguments)}) {
      for (const auto& found : rows) {
        for (size_t n = 0; n < found.size(); ++n) {
          EXPECT_EQ(std::isnan(found[n]), n == 20) << row.name << " element " << n;
        }
      }
    }
  }
}

TYPED_TEST(SpecialValues, InfinityGivesTheLimits) {
  using N = Number<TypeParam>;
  for (const FunctionRow& row : kFunctions) {
    for (const auto& found : this->values(row.function, {this->kInfinity, -this->kInfinity})) {
      EXPECT_EQ(found, (std::vector<N>{1, static_cast<N>(row.lowest)})) << row.name;
    }
    for (const auto& found : this->slopes(row.function, {this->kInfinity, -this->kInfinity})) {
      EXPECT_EQ(found, std::vector<N>(2)) << row.name;
    }
  }
}

// u^2 and u^3 must not overflow on the way.
TYPED_TEST(SpecialValues, HugeNumbersAreNoInfinities) {
  for (const FunctionRow& row : kFunctions) {
    for (const auto factor : {1, 1000, 1'000'000}) {
      const auto huge = rounded<TypeParam>(this->kMax / static_cast<Number<TypeParam>>(factor));
      this->expect_near_exact(row, {huge, -huge});
    }
  }
}

TYPED_TEST(SpecialValues, NegativeZeroStays) {
  using N = Number<TypeParam>;
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;
    }
    for (const auto& found : this->values(row.function, {N(-0.0), N(0.0)})) {
      EXPECT_EQ(found, (std::vector<N>{0, 0}));
      EXPECT_TRUE(std::signbit(found[0])) << row.name;
      EXPECT_FALSE(std::signbit(found[1])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, SlopeAtZero) {
  using N = Number<TypeParam>;
  for (const FunctionRow& row : kFunctions) {
    this->expect_near_exact(row, {N(-0.0), N(0.0)});
  }
}

TYPED_TEST(SpecialValues, PresentZeroBiasOrShiftIsAdded) {
  using T = TypeParam;
  using N = Number<T>;
  for (const FunctionRow& row : kFunctions) {
    PointwiseCase<T> with_bias = plain_case<T>(row.function, {N(-0.0)});
    with_bias.bias = {0};
    PointwiseCase<T> with_shift = plain_case<T>(row.function, {N(-0.0)});
    with_shift.shift = N(0);
    for (const auto& implementation : forward_for(with_bias)) {
      EXPECT_FALSE(std::signbit(with_bias.forward(implementation)[0])) << row.name;
      EXPECT_FALSE(std::signbit(with_shift.forward(implementation)[0])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, SubnormalNumbersAreNotFlushed) {
  for (const FunctionRow& row : kFunctions) {
    // Far more than the bound's few ULP, yet subnormal where the type has as many (not in bf16).
    const auto small = 100 * this->tiny();
    this->expect_near_exact(row, {this->tiny(), -this->tiny(), small, -small});
    const bool may_flush = std::is_same_v<TypeParam, BFloat16>;  // see functions.h
    if (row.odd && exact_slope(row.function, 0) > 0.5 && !may_flush) {
      for (const auto& found : this->values(row.function, {small})) {
        EXPECT_NE(found[0], 0) << row.name;
      }
    }
  }
}

// A result that is subnormal though its argument is not.
TYPED_TEST(SpecialValues, SubnormalResultsAreKept) {
  using T = TypeParam;
  using N = Number<T>;
  const N smallest_normal = static_cast<N>(std::ldexp(1.0L, format_of(dtype_of<T>()).min_exponent));
  const auto root = [&](long double power) {
    return rounded<T>(std::pow(static_cast<long double>(smallest_normal) / 3, 1 / power));
  };
  const N of_sigmoid = rounded<T>(std::log(static_cast<long double>(smallest_normal) / 3));
  const std::pair<std::string_view, N> cases[] = {
      {"sigmoid", of_sigmoid}, {"cubsign", root(3)}, {"logquad_clip", root(2)}};
  for (const auto& [name, argument] : cases) {
    const FunctionRow& row = *std::ranges::find(kFunctions, name, &FunctionRow::name);
    const long double exact = exact_value(row.function, argument);
    ASSERT_LT(exact, smallest_normal) << name;
    ASSERT_GT(exact, 0) << name;
    this->expect_near_exact(row, {argument});
    for (const auto& found : this->values(row.function, {argument})) {
      EXPECT_GT(found[0], 0) << name;
    }
  }
}

TYPED_TEST(SpecialValues, SigmoidOfZeroIsOneHalf) {
  using N = Number<TypeParam>;
  for (const auto& found : this->values(Function::kSigmoid, {N(0), N(-0.0)})) {
    EXPECT_EQ(found, (std::vector<N>{N(0.5), N(0.5)}));
  }
}

// u = fma(alpha, x, shift): the product is not rounded before the shift is added.
TYPED_TEST(SpecialValues, ShiftIsAddedByFma) {
  using T = TypeParam;
  using N = Number<T>;
  const N of_x = static_cast<N>(ulp<T>(1));
  const N of_alpha = std::numeric_limits<N>::epsilon();
  PointwiseCase<T> problem = plain_case<T>(Function::kLinearClip, {1 + of_x});
  problem.alpha = 1 + of_alpha;
  problem.shift = -(1 + of_x + of_alpha);
  problem.weight = {1 / of_x};
  for (const auto& implementation : forward_for(problem)) {
    EXPECT_EQ(problem.forward(implementation)[0], of_alpha);
  }
}

TYPED_TEST(SpecialValues, OverflowOfTheResultIsInfinite) {
  using T = TypeParam;
  PointwiseCase<T> problem = plain_case<T>(Function::kTanh, {50, -50});
  problem.weight = {this->kMax, this->kMax};
  problem.bias = {this->kMax, this->kMax};
  for (const auto& implementation : forward_for(problem)) {
    EXPECT_EQ(problem.forward(implementation), (std::vector<Number<T>>{this->kInfinity, 0}));
  }
}

TYPED_TEST(SpecialValues, ZeroTimesInfinityIsNan) {
  using T = TypeParam;
  PointwiseCase<T> problem = plain_case<T>(Function::kTanh, {this->kInfinity});
  problem.alpha = 0;
  for (const auto& implementation : forward_for(problem)) {
    EXPECT_TRUE(std::isnan(problem.forward(implementation)[0]));
  }
}

// The numbers on both sides of a kink: inside f has its inner slope, outside it is 1 and flat.
TYPED_TEST(SpecialValues, KinksHaveTheInnerSlope) {
  using T = TypeParam;
  using N = Number<T>;
  for (const FunctionRow& row : kFunctions) {
    if (row.kink == 0) {
      continue;
    }
    PointwiseCase<T> problem = plain_case<T>(row.function, {1, 1, -1, -1});
    problem.weight = {1, 1, 1, 1};
    N inside = static_cast<N>(row.kink);
    inside = inside > row.kink ? std::nextafter(inside, N(0)) : inside;
    const N outside = std::nextafter(inside, N(2));
    for (const N u : {inside, outside}) {
      problem.alpha = u;  // of the arithmetic type: finer than a 16-bit x
      for (const auto& implementation : backward_for(problem)) {
        const auto found = problem.backward(implementation);
        const long double slope = exact_slope(row.function, u);
        const Bounds bounds = bounds_of(implementation, false);
        for (const N grad_input : found.input) {
          EXPECT_TRUE(within<T>(grad_input, u * slope,
                                u * slope_bound<T>(row, bounds, slope) + ulp<T>(u * slope)))
              << row.name << " u " << u << " grad_input " << grad_input;
        }
      }
    }
    EXPECT_EQ(exact_slope(row.function, outside), 0);
    for (const auto& implementation : forward_for(problem)) {
      problem.alpha = outside;
      EXPECT_EQ(problem.forward(implementation), (std::vector<N>{1, 1, -1, -1})) << row.name;
    }
  }
}

}  // namespace
}  // namespace dyt::kernels::test
