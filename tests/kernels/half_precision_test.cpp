// SPDX-License-Identifier: Apache-2.0
// bf16 and fp16 over all their numbers: f and f' of alpha * x.
#include <gtest/gtest.h>

#include <bit>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

constexpr float kAlphas[] = {0, 0.1F, 0.5F, 0.8F, 1, 2, -1, 50};

// Every step-th bit pattern of T as a number: infinities, NaN, subnormal numbers and both zeros.
template <class T>
std::vector<float> all_numbers(int step) {
  std::vector<float> numbers;
  for (int bits = 0; bits < 65536; bits += step) {
    numbers.push_back(internal::load(T{static_cast<uint16_t>(bits)}));
  }
  return numbers;
}

template <class T>
void expect_values(const FunctionRow& row, const PointwiseCase<T>& problem) {
  std::vector<long double> exact;
  for (const float x : problem.input) {
    exact.push_back(exact_value(row.function, problem.argument(x)));
  }
  for (const bool exact_mode : {false, true}) {
    for (const auto& implementation : forward_for(problem, exact_mode)) {
      const auto found = problem.forward(implementation, exact_mode);
      const Bounds bounds = bounds_of(implementation, exact_mode);
      for (size_t n = 0; n < found.size(); ++n) {
        ASSERT_TRUE(within<T>(found[n], exact[n], rounded_value_bound<T>(row, bounds, exact[n])))
            << implementation.name << " exact " << exact_mode << " x " << problem.input[n] << " f "
            << found[n] << " should be " << exact[n];
      }
    }
  }
}

template <class T>
void expect_slopes(const FunctionRow& row, const PointwiseCase<T>& problem) {
  std::vector<long double> slopes;
  for (const float x : problem.input) {
    slopes.push_back(exact_slope(row.function, problem.argument(x)));
  }
  for (const bool exact_mode : {false, true}) {
    for (const auto& implementation : backward_for(problem, exact_mode)) {
      const auto found = problem.backward(implementation, exact_mode).input;
      const Bounds bounds = bounds_of(implementation, exact_mode);
      for (size_t n = 0; n < found.size(); ++n) {
        const long double exact = problem.alpha * slopes[n];
        const long double bound =
            std::fabs(problem.alpha) * slope_bound<T>(row, bounds, slopes[n]) +
            rounding<T>(bounds, exact);
        ASSERT_TRUE(within<T>(found[n], exact, bound))
            << implementation.name << " exact " << exact_mode << " x " << problem.input[n]
            << " grad_input " << found[n] << " should be " << exact;
      }
    }
  }
}

template <class T>
void expect_all_numbers(const FunctionRow& row, int step) {
  for (const float alpha : kAlphas) {
    SCOPED_TRACE(std::string(row.name) + " alpha " + std::to_string(alpha));
    PointwiseCase<T> problem = plain_case<T>(row.function, all_numbers<T>(step));
    problem.alpha = alpha;
    expect_values(row, problem);
    expect_slopes(row, problem);
  }
}

bool is_used_most(const FunctionRow& row) {
  return row.name == "tanh" || row.name == "erf" || row.name == "isru";
}

template <class T>
class HalfPrecision : public ::testing::Test {};
template <class T>
class HalfPrecisionSlow : public ::testing::Test {};
using HalfTypes = ::testing::Types<BFloat16, Float16>;
TYPED_TEST_SUITE(HalfPrecision, HalfTypes);
TYPED_TEST_SUITE(HalfPrecisionSlow, HalfTypes);

TYPED_TEST(HalfPrecision, AllNumbersOfTheUsualFunctions) {
  for (const FunctionRow& row : kFunctions) {
    if (is_used_most(row)) {
      expect_all_numbers<TypeParam>(row, 1);
    }
  }
}

TYPED_TEST(HalfPrecision, SomeNumbersOfTheOthers) {
  for (const FunctionRow& row : kFunctions) {
    if (!is_used_most(row)) {
      expect_all_numbers<TypeParam>(row, 31);  // odd: all exponents and mantissas come up
    }
  }
}

TYPED_TEST(HalfPrecisionSlow, AllNumbersOfTheOthers) {
  for (const FunctionRow& row : kFunctions) {
    if (!is_used_most(row)) {
      expect_all_numbers<TypeParam>(row, 1);
    }
  }
}

TYPED_TEST(HalfPrecision, OddBitForBit) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    if (!row.odd) {
      continue;
    }
    PointwiseCase<T> problem = plain_case<T>(row.function, all_numbers<T>(1));
    PointwiseCase<T> negated = problem;
    negated.alpha = -1;
    for (const auto& implementation : forward_for(problem)) {
      const auto plus = problem.forward(implementation);
      const auto minus = negated.forward(implementation);
      for (size_t n = 0; n < plus.size(); ++n) {
        if (!std::isnan(problem.input[n])) {
          ASSERT_EQ(std::bit_cast<uint32_t>(plus[n]), std::bit_cast<uint32_t>(-minus[n]))
              << row.name << " x " << problem.input[n];
        }
      }
    }
  }
}

}  // namespace
}  // namespace dyt::kernels::test
