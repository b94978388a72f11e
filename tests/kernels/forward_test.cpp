// SPDX-License-Identifier: Apache-2.0
// Whole forward problems: types, layouts, widths, absent parameters.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Forward : public ::testing::Test {};
TYPED_TEST_SUITE(Forward, AllTypes);

template <class T>
void expect_output_bound(const FunctionRow& row, const PointwiseCase<T>& problem) {
  std::vector<long double> values, exact;
  for (size_t n = 0; n < problem.input.size(); ++n) {
    values.push_back(exact_value(row.function, problem.argument(problem.input[n])));
    exact.push_back(problem.weight_at(n) * values[n] + problem.bias_at(n));
  }
  for (const bool exact_mode : {false, true}) {
    for (const auto& implementation : forward_for(problem, exact_mode)) {
      const auto output = problem.forward(implementation, exact_mode);
      const Bounds bounds = bounds_of(implementation, exact_mode);
      for (size_t n = 0; n < output.size(); ++n) {
        const long double of_value =
            std::fabs(problem.weight_at(n)) * value_bound<T>(row, bounds, values[n]);
        ASSERT_TRUE(within<T>(output[n], exact[n], of_value + rounding<T>(bounds, exact[n])))
            << implementation.name << " exact " << exact_mode << " element " << n << " x "
            << problem.input[n] << " y " << output[n] << " should be " << exact[n];
      }
    }
  }
}

TYPED_TEST(Forward, KeepsItsBoundInEveryLayout) {
  for_each_random_case<TypeParam>(expect_output_bound<TypeParam>);
}

TYPED_TEST(Forward, RowDoesNotDependOnItsNeighbours) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    const auto whole = random_case<T>(row.function, {5, 7}, true, true, true);
    for (const auto& implementation : forward_for(whole)) {
      const auto outputs = whole.forward(implementation);
      for (int64_t r = 0; r < whole.shape.outer; ++r) {
        PointwiseCase<T> alone = whole;
        alone.shape.outer = 1;
        alone.input.assign(whole.input.begin() + r * 7, whole.input.begin() + (r + 1) * 7);
        EXPECT_TRUE(std::ranges::equal(alone.forward(implementation),
                                       std::span(outputs).subspan(r * 7, 7)));
      }
    }
  }
}

// Wide rows are taken two at a time where there are many; a part of them alone, one by one.
TYPED_TEST(Forward, ManyWideRowsAreTheSameAsFew) {
  using T = TypeParam;
  constexpr int64_t kRows = 65, kFew = 5, kWidth = 2051;
  const auto whole = random_case<T>(Function::kTanh, {kRows, kWidth}, true, true, true);
  for (const auto& implementation : forward_for(whole)) {
    const auto outputs = whole.forward(implementation);
    for (int64_t r = 0; r < kRows; r += kFew) {
      PointwiseCase<T> few = whole;
      few.shape.outer = kFew;
      few.input.assign(whole.input.begin() + r * kWidth, whole.input.begin() + (r + kFew) * kWidth);
      EXPECT_TRUE(std::ranges::equal(few.forward(implementation),
                                     std::span(outputs).subspan(r * kWidth, kFew * kWidth)))
          << implementation.name << ", from row " << r;
    }
  }
}

TYPED_TEST(Forward, ChannelsFirstIsTheTransposedProblem) {
  using T = TypeParam;
  const int64_t channels = 3, inner = 5;
  for (const FunctionRow& row : kFunctions) {
    const auto first = random_case<T>(row.function, {1, channels, inner}, true, true, true);
    PointwiseCase<T> last = first;
    last.shape = {.outer = inner, .channels = channels};
    for (int64_t n = 0; n < channels * inner; ++n) {
      last.input[n % inner * channels + n / inner] = first.input[n];
    }
    for (const auto& implementation : forward_for(first)) {
      const auto first_output = first.forward(implementation);
      const auto last_output = last.forward(implementation);
      for (int64_t n = 0; n < channels * inner; ++n) {
        EXPECT_EQ(last_output[n % inner * channels + n / inner], first_output[n]);
      }
    }
  }
}

TYPED_TEST(Forward, EmptyProblemsWriteNothing) {
  using T = TypeParam;
  for (const Shape& shape : {Shape{0, 7}, Shape{7, 0}, Shape{2, 3, 0}}) {
    const auto problem = random_case<T>(Function::kTanh, shape, true, true, true);
    for (const auto& implementation : forward_for(problem)) {
      EXPECT_TRUE(problem.forward(implementation).empty());
    }
  }
}

TYPED_TEST(Forward, ZeroWeightLeavesTheBias) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    auto problem = random_case<T>(row.function, {2, 3}, false, true, true);
    std::ranges::fill(problem.weight, 0);
    for (const auto& implementation : forward_for(problem)) {
      const auto output = problem.forward(implementation);
      for (size_t n = 0; n < output.size(); ++n) {
        EXPECT_EQ(output[n], rounded<T>(problem.bias_at(n)));
      }
    }
  }
}

TYPED_TEST(Forward, DispatchIsTheFirstThatAccepts) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kErf, {2, 3}, true, true, true);
  ForwardRun<T> run(problem);
  forward(run.problem);
  EXPECT_EQ(run.output.template numbers<Number<T>>(),
            problem.forward(forward_for(problem).front()));
}

// fp32 parameters that are numbers of the activations' type count as such.
TYPED_TEST(Forward, TypeOfTheParametersChangesNoBit) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    const auto narrow = random_case<T, T>(row.function, {3, 37}, true, true, true);
    PointwiseCase<T> wide = narrow;
    wide.parameter_type = dtype_of<Number<T>>();
    for (const auto& implementation : forward_for(narrow)) {
      EXPECT_EQ(narrow.forward(implementation), wide.forward(implementation)) << row.name;
    }
  }
}

TYPED_TEST(Forward, OrderOfThePiecesChangesNoBit) {
  using T = TypeParam;
  for (const Shape& shape : {Shape{300, 129}, Shape{2, 129, 150}}) {
    const auto problem = random_case<T>(Function::kTanh, shape, true, true, true);
    for (const auto& implementation : forward_for(problem)) {
      ForwardRun<T> run(problem);
      implementation.run(run.problem, backwards_order());
      EXPECT_EQ(run.output.template numbers<Number<T>>(), problem.forward(implementation));
    }
  }
}

}  // namespace
}  // namespace dyt::kernels::test
