// SPDX-License-Identifier: Apache-2.0
// Whole backward problems: every gradient, in every layout, against long double.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dyt/kernels/reference.h"
#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Backward : public ::testing::Test {};
TYPED_TEST_SUITE(Backward, AllTypes);

// A sum and the sum of its terms' magnitudes.
struct Sum {
  void add(long double term) {
    total += term;
    magnitude += std::fabs(term);
  }
  long double total = 0;
  long double magnitude = 0;
};

template <class T>
struct ExactSums {
  explicit ExactSums(const PointwiseCase<T>& problem)
      : weight(problem.shape.channels), bias(problem.shape.channels) {
    for (size_t n = 0; n < problem.input.size(); ++n) {
      const Number<T> u = problem.argument(problem.input[n]);
      const long double g = problem.grad_output[n];
      const long double k = g * problem.weight_at(n) * exact_slope(problem.function, u);
      alpha.add(k * problem.input[n]);
      shift.add(k);
      weight[problem.channel(n)].add(g * exact_value(problem.function, u));
      bias[problem.channel(n)].add(g);
    }
  }
  Sum alpha, shift;
  std::vector<Sum> weight, bias;
};

void expect_sum(DType type, const Sum& exact, long double found, double bound, const char* name) {
  EXPECT_LE(std::fabs(found - exact.total), bound * exact.magnitude + ulp(type, exact.total))
      << name;
}

template <class T>
void expect_sums(const PointwiseCase<T>& problem, const ExactSums<T>& exact,
                 const Gradients<T>& found, double bound) {
  const DType type = problem.parameter_type;
  expect_sum(type, exact.alpha, found.alpha, bound, "alpha");
  expect_sum(type, exact.shift, found.shift, bound, "shift");
  for (int64_t c = 0; c < problem.shape.channels; ++c) {
    expect_sum(type, exact.weight[c], found.weight[c], bound, "weight");
    expect_sum(type, exact.bias[c], found.bias[c], bound, "bias");
  }
}

template <class T>
void expect_sums(const PointwiseCase<T>& problem, const Gradients<T>& found, double bound) {
  expect_sums(problem, ExactSums<T>(problem), found, bound);
}

template <class T>
void expect_grad_input(const FunctionRow& row, Bounds bounds, const PointwiseCase<T>& problem,
                       const std::vector<Number<T>>& grad_input) {
  for (size_t n = 0; n < grad_input.size(); ++n) {
    const long double slope = exact_slope(row.function, problem.argument(problem.input[n]));
    const long double scale =
        static_cast<long double>(problem.alpha) * problem.weight_at(n) * problem.grad_output[n];
    const long double bound =
        slope_bound<T>(row, bounds, slope) * std::fabs(scale) + rounding<T>(bounds, scale * slope);
    ASSERT_TRUE(within<T>(grad_input[n], scale * slope, bound))
        << "element " << n << " x " << problem.input[n] << " grad_input " << grad_input[n]
        << " should be " << scale * slope;
  }
}

template <class T>
void expect_gradients(const FunctionRow& row, const PointwiseCase<T>& problem) {
  const ExactSums<T> exact(problem);
  for (const bool exact_mode : {false, true}) {
    for (const auto& implementation : backward_for(problem, exact_mode)) {
      SCOPED_TRACE(std::string(implementation.name) + " exact " + std::to_string(exact_mode));
      const Gradients<T> found = problem.backward(implementation, exact_mode);
      expect_grad_input(row, bounds_of(implementation, exact_mode), problem, found.input);
      const bool reference = is_reference(implementation);
      expect_sums(problem, exact, found, reference ? kReferenceMaxReducedError : kMaxReducedError);
    }
  }
}

TYPED_TEST(Backward, KeepsItsBoundsInEveryLayout) {
  for_each_random_case<TypeParam>(expect_gradients<TypeParam>);
}

// Even steps of alpha * x from -12 to 12: centre, bend and saturation alike.
TYPED_TEST(Backward, KeepsItsBoundsUpToTwelve) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    SCOPED_TRACE(row.name);
    auto problem = random_case<T>(row.function, {75, 64}, false, true, true);
    for (size_t n = 0; n < problem.input.size(); ++n) {
      problem.input[n] = rounded<T>((n / 2400.0L - 1) * 12 / problem.alpha);
    }
    expect_gradients(row, problem);
  }
}

// 544 tokens of width 64: a slot of the default experiment.
TYPED_TEST(Backward, KeepsItsBoundsOverManyRows) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kTanh, {544, 64}, true, true, true);
  for (const auto& implementation : backward_for(problem)) {
    expect_sums(problem, problem.backward(implementation), kMaxReducedError);
  }
}

TYPED_TEST(Backward, EveryRunGivesTheSameBits) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kErf, {37, 65}, true, true, true);
  for (const auto& implementation : backward_for(problem)) {
    EXPECT_EQ(problem.backward(implementation), problem.backward(implementation));
  }
}

TYPED_TEST(Backward, OrderOfThePiecesChangesNoBit) {
  using T = TypeParam;
  for (const Shape& shape : {Shape{300, 129}, Shape{2, 129, 150}}) {
    const auto problem = random_case<T>(Function::kErf, shape, true, true, true);
    for (const auto& implementation : backward_for(problem)) {
      BackwardRun<T> run(problem);
      implementation.run(run.problem, backwards_order());
      EXPECT_EQ(run.gradients(), problem.backward(implementation));
    }
  }
}

TYPED_TEST(Backward, UnwantedGradientsChangeNoOther) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kTanh, {5, 7}, true, true, true);
  void* BackwardProblem::*const outputs[] = {
      &BackwardProblem::grad_input, &BackwardProblem::grad_alpha, &BackwardProblem::grad_shift,
      &BackwardProblem::grad_weight, &BackwardProblem::grad_bias};
  for (const auto& implementation : backward_for(problem)) {
    const Gradients<T> all = problem.backward(implementation);
    for (size_t wanted = 0; wanted < std::size(outputs); ++wanted) {
      BackwardRun<T> run(problem);
      const Gradients<T> untouched = run.gradients();
      for (size_t n = 0; n < std::size(outputs); ++n) {
        run.problem.*outputs[n] = n == wanted ? run.problem.*outputs[n] : nullptr;
      }
      implementation.run(run.problem, {});
      const Gradients<T> one = run.gradients();
      EXPECT_EQ(one.input, wanted == 0 ? all.input : untouched.input);
      EXPECT_EQ(one.alpha, wanted == 1 ? all.alpha : untouched.alpha);
      EXPECT_EQ(one.shift, wanted == 2 ? all.shift : untouched.shift);
      EXPECT_EQ(one.weight, wanted == 3 ? all.weight : untouched.weight);
      EXPECT_EQ(one.bias, wanted == 4 ? all.bias : untouched.bias);
    }
  }
}

TYPED_TEST(Backward, EmptyProblemsHaveZeroGradients) {
  using T = TypeParam;
  for (const Shape& shape : {Shape{0, 7}, Shape{7, 0}, Shape{2, 3, 0}}) {
    const auto problem = random_case<T>(Function::kTanh, shape, true, true, true);
    for (const auto& implementation : backward_for(problem)) {
      const Gradients<T> found = problem.backward(implementation);
      EXPECT_EQ(found.alpha, 0);
      EXPECT_EQ(found.shift, 0);
      EXPECT_EQ(found.weight, std::vector<Number<T>>(shape.channels));
      EXPECT_EQ(found.bias, std::vector<Number<T>>(shape.channels));
    }
  }
}

// Backward must not recover f from y: a zero weight would lose it.
TYPED_TEST(Backward, ZeroWeightKeepsItsGradient) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    auto problem = random_case<T>(row.function, {5, 3}, false, true, true);
    const auto full = problem;
    std::ranges::fill(problem.weight, 0);
    for (const auto& implementation : backward_for(problem)) {
      const Gradients<T> found = problem.backward(implementation);
      EXPECT_EQ(found.weight, full.backward(implementation).weight);
      EXPECT_EQ(found.alpha, 0);
      EXPECT_TRUE(std::ranges::all_of(found.input, [](auto number) { return number == 0; }));
    }
  }
}

TYPED_TEST(Backward, ZeroAlphaKeepsItsGradient) {
  using T = TypeParam;
  auto problem = random_case<T>(Function::kTanh, {5, 3}, false, true, true);
  problem.alpha = 0;
  for (const auto& implementation : backward_for(problem)) {
    const Gradients<T> found = problem.backward(implementation);
    EXPECT_NE(found.alpha, 0);
    expect_sums(problem, found, kMaxReducedError);
  }
}

template <class T>
class Backward16Bit : public ::testing::Test {};
using SixteenBitTypes = ::testing::Types<BFloat16, Float16>;
TYPED_TEST_SUITE(Backward16Bit, SixteenBitTypes);

// Twice, over fp32, would make it 1: the midpoint of 1 and the next number, and a little more.
TYPED_TEST(Backward16Bit, SumsAreRoundedOnce) {
  using T = TypeParam;
  constexpr bool kLong = std::is_same_v<T, BFloat16>;
  const float half = kLong ? 0x1p-8f : 0x1p-11f, little = kLong ? 0x1p-40f : 0x1p-24f;
  const Shape shapes[] = {{5, 8201}, {1, 3, 3 * 8192}};  // fp64 sums begin with the third number
  for (const Shape& shape : shapes) {
    auto problem = random_case<T, T>(Function::kTanh, shape, true, true, true);
    const auto added = [&](size_t element) {
      const int64_t part = shape.inner == 1 ? static_cast<int64_t>(element) / shape.channels
                                            : static_cast<int64_t>(element) % shape.inner;
      const int64_t last = shape.inner == 1 ? 4 : 8192;
      return part == 0 ? 1 : part == 1 ? half : part == last ? little : 0;
    };
    for (size_t n = 0; n < problem.grad_output.size(); ++n) {
      problem.grad_output[n] = added(n);
    }
    for (const auto& implementation : backward_for(problem)) {
      SCOPED_TRACE(std::string(implementation.name));
      const std::vector<float> all(shape.channels, 1 + 2 * half);
      EXPECT_EQ(problem.backward(implementation).bias, all);
    }
  }
}

}  // namespace
}  // namespace dyt::kernels::test
