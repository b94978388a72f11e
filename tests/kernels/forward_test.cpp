// Whole forward problems: layouts, widths, absent parameters.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Forward : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Forward, Types);

template <class T>
void expect_output_bound(const FunctionRow& row, const PointwiseCase<T>& problem,
                         const std::vector<T>& output) {
  for (size_t n = 0; n < output.size(); ++n) {
    const long double t = exact_value(row.function, problem.argument(problem.input[n]));
    const long double weight = problem.weight_at(n);
    const long double exact = weight * t + problem.bias_at(n);
    const long double bound = std::fabs(weight) * row.max_ulp * ulp<T>(t) + ulp<T>(exact);
    ASSERT_LE(std::fabs(output[n] - exact), bound) << "element " << n << " x " << problem.input[n];
  }
}

TYPED_TEST(Forward, KeepsItsBoundInEveryLayout) {
  using T = TypeParam;
  for_each_random_case<T>([](const FunctionRow& row, const PointwiseCase<T>& problem) {
    for (const auto& implementation : forward_implementations()) {
      expect_output_bound(row, problem, problem.forward(implementation));
    }
  });
}

TYPED_TEST(Forward, RowDoesNotDependOnItsNeighbours) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    const auto whole = random_case<T>(row.function, {5, 7}, true, true, true);
    for (const auto& implementation : forward_implementations()) {
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
    for (const auto& implementation : forward_implementations()) {
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
    for (const auto& implementation : forward_implementations()) {
      EXPECT_TRUE(problem.forward(implementation).empty());
    }
  }
}

TYPED_TEST(Forward, ZeroWeightLeavesTheBias) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    auto problem = random_case<T>(row.function, {2, 3}, false, true, true);
    std::ranges::fill(problem.weight, T(0));
    for (const auto& implementation : forward_implementations()) {
      const auto output = problem.forward(implementation);
      for (size_t n = 0; n < output.size(); ++n) {
        EXPECT_EQ(output[n], problem.bias_at(n));
      }
    }
  }
}

TYPED_TEST(Forward, DispatchIsTheFirstThatAccepts) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kErf, {2, 3}, true, true, true);
  std::vector<T> output(problem.input.size());
  forward({problem.function, problem.kDType, problem.shape, problem.input.data(),
           problem.parameters(), output.data()});
  EXPECT_EQ(output, problem.forward(forward_implementations().front()));
}

}  // namespace
}  // namespace dyt::kernels::test
