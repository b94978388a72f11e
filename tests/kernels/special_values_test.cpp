// NaN, infinities, signed zeros, subnormal and huge numbers, kinks.
#include <gtest/gtest.h>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class SpecialValues : public ::testing::Test {
 protected:
  using Limits = std::numeric_limits<T>;

  // f and f' of the arguments, one row of results for each implementation.
  static std::vector<std::vector<T>> values(Function function, const std::vector<T>& arguments) {
    std::vector<std::vector<T>> rows;
    for (const auto& implementation : forward_implementations()) {
      rows.push_back(plain_case<T>(function, arguments).forward(implementation));
    }
    return rows;
  }
  static std::vector<std::vector<T>> slopes(Function function, const std::vector<T>& arguments) {
    std::vector<std::vector<T>> rows;
    for (const auto& implementation : backward_implementations()) {
      rows.push_back(plain_case<T>(function, arguments).backward(implementation).input);
    }
    return rows;
  }
};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(SpecialValues, Types);

TYPED_TEST(SpecialValues, NanGoesThrough) {
  const auto nan = TestFixture::Limits::quiet_NaN();
  for (const FunctionRow& row : kFunctions) {
    for (const auto& found : this->values(row.function, {nan})) {
      EXPECT_TRUE(std::isnan(found[0])) << row.name;
    }
    for (const auto& found : this->slopes(row.function, {nan})) {
      EXPECT_TRUE(std::isnan(found[0])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, InfinityAndHugeNumbersGiveTheLimits) {
  using T = TypeParam;
  const T infinity = TestFixture::Limits::infinity();
  const T huge = TestFixture::Limits::max();
  const std::vector<T> arguments{infinity, -infinity, huge, -huge};
  for (const FunctionRow& row : kFunctions) {
    for (const auto& found : this->values(row.function, arguments)) {
      const auto low = static_cast<T>(row.lowest);
      EXPECT_EQ(found, (std::vector<T>{1, low, 1, low})) << row.name;
    }
    for (const auto& found : this->slopes(row.function, arguments)) {
      EXPECT_EQ(found, std::vector<T>(4)) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, NegativeZeroStays) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;
    }
    for (const auto& found : this->values(row.function, {T(-0.0), T(0.0)})) {
      EXPECT_EQ(found, (std::vector<T>{0, 0}));
      EXPECT_TRUE(std::signbit(found[0])) << row.name;
      EXPECT_FALSE(std::signbit(found[1])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, PresentZeroBiasOrShiftIsAdded) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    PointwiseCase<T> with_bias = plain_case<T>(row.function, {T(-0.0)});
    with_bias.bias = {0};
    PointwiseCase<T> with_shift = plain_case<T>(row.function, {T(-0.0)});
    with_shift.shift = T(0);
    for (const auto& implementation : forward_implementations()) {
      EXPECT_FALSE(std::signbit(with_bias.forward(implementation)[0])) << row.name;
      EXPECT_FALSE(std::signbit(with_shift.forward(implementation)[0])) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, SubnormalNumbersAreNotFlushed) {
  using T = TypeParam;
  const T tiny = TestFixture::Limits::denorm_min();
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;  // of these a subnormal argument gives no subnormal result
    }
    for (const auto& found : this->values(row.function, {tiny, -tiny, 1000 * tiny})) {
      EXPECT_EQ(found[0], tiny) << row.name;
      EXPECT_EQ(found[1], -tiny) << row.name;
      EXPECT_EQ(found[2], static_cast<T>(exact_slope(row.function, 0) * 1000) * tiny) << row.name;
    }
  }
}

TYPED_TEST(SpecialValues, SigmoidKeepsSubnormalResults) {
  using T = TypeParam;
  const T argument = sizeof(T) == sizeof(float) ? T(-100) : T(-740);
  const T exact = static_cast<T>(exact_value(Function::kSigmoid, argument));
  ASSERT_EQ(std::fpclassify(exact), FP_SUBNORMAL);
  for (const auto& found : this->values(Function::kSigmoid, {argument, T(0), T(-0.0)})) {
    EXPECT_EQ(found, (std::vector<T>{exact, T(0.5), T(0.5)}));
  }
}

// u = fma(alpha, x, shift): the product is not rounded before the shift is added.
TYPED_TEST(SpecialValues, ShiftIsAddedByFma) {
  using T = TypeParam;
  const T epsilon = TestFixture::Limits::epsilon();
  PointwiseCase<T> problem = plain_case<T>(Function::kLinearClip, {1 + epsilon});
  problem.alpha = 1 + epsilon;
  problem.shift = -(1 + 2 * epsilon);
  for (const auto& implementation : forward_implementations()) {
    EXPECT_EQ(problem.forward(implementation)[0], epsilon * epsilon);
  }
}

TYPED_TEST(SpecialValues, OverflowOfTheResultIsInfinite) {
  using T = TypeParam;
  PointwiseCase<T> problem = plain_case<T>(Function::kTanh, {50, -50});
  problem.weight = {TestFixture::Limits::max()};
  problem.bias = {TestFixture::Limits::max()};
  for (const auto& implementation : forward_implementations()) {
    EXPECT_EQ(problem.forward(implementation),
              (std::vector<T>{TestFixture::Limits::infinity(), 0}));
  }
}

TYPED_TEST(SpecialValues, ZeroTimesInfinityIsNan) {
  using T = TypeParam;
  PointwiseCase<T> problem = plain_case<T>(Function::kTanh, {TestFixture::Limits::infinity()});
  problem.alpha = 0;
  for (const auto& implementation : forward_implementations()) {
    EXPECT_TRUE(std::isnan(problem.forward(implementation)[0]));
  }
}

TYPED_TEST(SpecialValues, KinksHaveTheInnerSlope) {
  using T = TypeParam;
  const T above = std::nextafter(T(1), T(2));
  for (const auto& found : this->slopes(Function::kLinearClip, {1, -1, above, -above})) {
    EXPECT_EQ(found, (std::vector<T>{1, 1, 0, 0}));
  }
}

}  // namespace
}  // namespace dyt::kernels::test
