// SPDX-License-Identifier: Apache-2.0
// Problems with a residual addition, and results written over their inputs.
#include <gtest/gtest.h>

#include "tests/kernels/exact.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Residual : public ::testing::Test {
 protected:
  using Numbers = std::vector<Number<T>>;

  static Numbers residual_for(const PointwiseCase<T>& problem) {
    std::mt19937_64 random(7);
    return random_numbers<T>(random, problem.shape.count(), 0, 2);
  }

  // The same problem on input + residual.
  static PointwiseCase<T> added(PointwiseCase<T> problem, const Numbers& residual) {
    for (size_t n = 0; n < residual.size(); ++n) {
      const long double sum = static_cast<long double>(problem.input[n]) + residual[n];
      problem.input[n] = rounded<T>(sum);
    }
    return problem;
  }

  template <class Visit>
  static void for_each_case(Visit visit) {
    for (const FunctionRow& row : kFunctions) {
      for (const Shape& shape : {Shape{5, 67}, Shape{2, 3, 35}}) {
        visit(random_case<T>(row.function, shape, true, true, true));
      }
    }
    visit(random_case<T>(Function::kTanh, {65, 2051}, true, true, true));  // two rows at a time
  }
};
TYPED_TEST_SUITE(Residual, AllTypes);

TYPED_TEST(Residual, ForwardIsTheTwoStepsBitForBit) {
  using T = TypeParam;
  this->for_each_case([this](const PointwiseCase<T>& problem) {
    const auto residual = this->residual_for(problem);
    const PointwiseCase<T> second = this->added(problem, residual);
    for (const bool exact : {false, true}) {
      for (const auto& implementation : forward_for(problem, exact)) {
        ForwardRun<T> run(problem, exact, residual);
        implementation.run(run.problem, {});
        EXPECT_EQ(run.sum.template numbers<Number<T>>(), second.input);
        EXPECT_EQ(run.output.template numbers<Number<T>>(), second.forward(implementation, exact));
      }
    }
  });
}

TYPED_TEST(Residual, OutputOverTheInput) {
  using T = TypeParam;
  this->for_each_case([](const PointwiseCase<T>& problem) {
    for (const auto& implementation : forward_for(problem)) {
      ForwardRun<T> run(problem);
      run.problem.output = run.input.data();
      implementation.run(run.problem, {});
      EXPECT_EQ(run.input.template numbers<Number<T>>(), problem.forward(implementation));
    }
  });
}

// output and sum over input and residual, in every allowed way.
TYPED_TEST(Residual, ResultsOverTheAddends) {
  using T = TypeParam;
  this->for_each_case([this](const PointwiseCase<T>& problem) {
    const auto residual = this->residual_for(problem);
    const PointwiseCase<T> second = this->added(problem, residual);
    for (const auto& implementation : forward_for(second)) {
      const auto expected = second.forward(implementation);
      for (int places = 0; places < 9; ++places) {
        ForwardRun<T> run(problem, false, residual);
        Array* const of_output[] = {&run.output, &run.input, &run.residual};
        Array* const of_sum[] = {&run.sum, &run.input, &run.residual};
        Array* const output = of_output[places % 3];
        Array* const sum = of_sum[places / 3];
        if (output == sum) {
          continue;
        }
        run.problem.output = output->data();
        run.problem.sum = sum->data();
        implementation.run(run.problem, {});
        EXPECT_EQ(output->template numbers<Number<T>>(), expected) << "places " << places;
        EXPECT_EQ(sum->template numbers<Number<T>>(), second.input) << "places " << places;
      }
    }
  });
}

// grad_input = alpha * k + grad_sum, rounded once; the other gradients do not see grad_sum.
TYPED_TEST(Residual, BackwardAddsTheGradientFromElsewhere) {
  using T = TypeParam;
  for (const FunctionRow& row : kFunctions) {
    const auto problem = random_case<T>(row.function, {5, 67}, true, true, true);
    const auto elsewhere = this->residual_for(problem);
    for (const bool exact_mode : {false, true}) {
      for (const auto& implementation : backward_for(problem, exact_mode)) {
        BackwardRun<T> run(problem, exact_mode, elsewhere);
        implementation.run(run.problem, {});
        Gradients<T> found = run.gradients();
        const Bounds bounds = bounds_of(implementation, exact_mode);
        for (size_t n = 0; n < found.input.size(); ++n) {
          const long double scale = static_cast<long double>(problem.alpha) * problem.weight_at(n) *
                                    problem.grad_output[n];
          const long double slope = exact_slope(row.function, problem.argument(problem.input[n]));
          const long double exact = scale * slope + elsewhere[n];
          const long double bound =
              std::fabs(scale) * slope_bound<T>(row, bounds, slope) + ulp<T>(exact);
          ASSERT_TRUE(within<T>(found.input[n], exact, bound)) << row.name << " element " << n;
        }
        const Gradients<T> alone = problem.backward(implementation, exact_mode);
        found.input = alone.input;
        EXPECT_EQ(found, alone) << row.name;
      }
    }
  }
}

TYPED_TEST(Residual, GradInputOverGradOutputOrGradSum) {
  using T = TypeParam;
  this->for_each_case([this](const PointwiseCase<T>& problem) {
    const auto elsewhere = this->residual_for(problem);
    for (const auto& implementation : backward_for(problem)) {
      BackwardRun<T> apart(problem, false, elsewhere);
      implementation.run(apart.problem, {});
      for (Array BackwardRun<T>::*place :
           {&BackwardRun<T>::grad_output, &BackwardRun<T>::grad_sum}) {
        BackwardRun<T> over(problem, false, elsewhere);
        over.problem.grad_input = (over.*place).data();
        implementation.run(over.problem, {});
        Gradients<T> found = over.gradients();
        found.input = (over.*place).template numbers<Number<T>>();
        EXPECT_EQ(found, apart.gradients());
      }
    }
  });
}

}  // namespace
}  // namespace dyt::kernels::test
