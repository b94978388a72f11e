// Whole backward problems: every gradient, in every layout, against long double.
#include <gtest/gtest.h>

#include <algorithm>

#include "dyt/kernels/reference.h"
#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Backward : public ::testing::Test {};
using Types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Backward, Types);

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
      const T u = problem.argument(problem.input[n]);
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

template <class T>
void expect_sum(const Sum& exact, T found, double bound, const char* name) {
  EXPECT_LE(std::fabs(found - exact.total), bound * exact.magnitude + ulp<T>(exact.total)) << name;
}

template <class T>
void expect_sums(const PointwiseCase<T>& problem, const Gradients<T>& found, double bound) {
  const ExactSums<T> exact(problem);
  expect_sum(exact.alpha, found.alpha, bound, "alpha");
  expect_sum(exact.shift, found.shift, bound, "shift");
  for (int64_t c = 0; c < problem.shape.channels; ++c) {
    expect_sum(exact.weight[c], found.weight[c], bound, "weight");
    expect_sum(exact.bias[c], found.bias[c], bound, "bias");
  }
}

template <class T>
void expect_grad_input(const FunctionRow& row, const PointwiseCase<T>& problem,
                       const std::vector<T>& grad_input) {
  for (size_t n = 0; n < grad_input.size(); ++n) {
    const long double slope = exact_slope(row.function, problem.argument(problem.input[n]));
    const long double scale =
        static_cast<long double>(problem.alpha) * problem.weight_at(n) * problem.grad_output[n];
    const long double bound = max_slope_error<T>(row) * std::fabs(scale) + ulp<T>(scale * slope);
    ASSERT_LE(std::fabs(grad_input[n] - scale * slope), bound) << "element " << n;
  }
}

TYPED_TEST(Backward, KeepsItsBoundsInEveryLayout) {
  using T = TypeParam;
  for_each_random_case<T>([](const FunctionRow& row, const PointwiseCase<T>& problem) {
    for (const auto& implementation : backward_implementations()) {
      const Gradients<T> found = problem.backward(implementation);
      expect_grad_input(row, problem, found.input);
      const bool reference = is_reference(implementation);
      expect_sums(problem, found, reference ? kReferenceMaxReducedError : kMaxReducedError);
    }
  });
}

// 544 tokens of width 64: a slot of the default experiment.
TYPED_TEST(Backward, KeepsItsBoundsOverManyRows) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kTanh, {544, 64}, true, true, true);
  for (const auto& implementation : backward_implementations()) {
    expect_sums(problem, problem.backward(implementation), kMaxReducedError);
  }
}

TYPED_TEST(Backward, EveryRunGivesTheSameBits) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kErf, {37, 65}, true, true, true);
  for (const auto& implementation : backward_implementations()) {
    EXPECT_EQ(problem.backward(implementation), problem.backward(implementation));
  }
}

TYPED_TEST(Backward, UnwantedGradientsChangeNoOther) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kTanh, {5, 7}, true, true, true);
  void* BackwardProblem::*const outputs[] = {
      &BackwardProblem::grad_input, &BackwardProblem::grad_alpha, &BackwardProblem::grad_shift,
      &BackwardProblem::grad_weight, &BackwardProblem::grad_bias};
  for (const auto& implementation : backward_implementations()) {
    const Gradients<T> all = problem.backward(implementation);
    for (size_t wanted = 0; wanted < std::size(outputs); ++wanted) {
      Gradients<T> one;
      BackwardProblem alone = problem.backward_problem(one);
      const Gradients<T> untouched = one;
      for (size_t n = 0; n < std::size(outputs); ++n) {
        alone.*outputs[n] = n == wanted ? alone.*outputs[n] : nullptr;
      }
      implementation.run(alone, {});
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
    for (const auto& implementation : backward_implementations()) {
      const Gradients<T> found = problem.backward(implementation);
      EXPECT_EQ(found.alpha, T(0));
      EXPECT_EQ(found.shift, T(0));
      EXPECT_EQ(found.weight, std::vector<T>(shape.channels));
      EXPECT_EQ(found.bias, std::vector<T>(shape.channels));
    }
  }
}

// Backward must not recover f from y: a zero weight would lose it.
TYPED_TEST(Backward, ZeroWeightKeepsItsGradient) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    auto problem = random_case<T>(row.function, {5, 3}, false, true, true);
    const auto full = problem;
    std::ranges::fill(problem.weight, T(0));
    for (const auto& implementation : backward_implementations()) {
      const Gradients<T> found = problem.backward(implementation);
      EXPECT_EQ(found.weight, full.backward(implementation).weight);
      EXPECT_EQ(found.alpha, T(0));
      EXPECT_TRUE(std::ranges::all_of(found.input, [](T number) { return number == 0; }));
    }
  }
}

TYPED_TEST(Backward, ZeroAlphaKeepsItsGradient) {
  using T = TypeParam;
  auto problem = random_case<T>(Function::kTanh, {5, 3}, false, true, true);
  problem.alpha = 0;
  for (const auto& implementation : backward_implementations()) {
    const Gradients<T> found = problem.backward(implementation);
    EXPECT_NE(found.alpha, T(0));
    expect_sums(problem, found, kMaxReducedError);
  }
}

}  // namespace
}  // namespace dyt::kernels::test
