// SPDX-License-Identifier: Apache-2.0
// Layer norm and RMS norm: every implementation against long double, by the bounds of norm.h.
#include "dyt/kernels/norm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/kernels/norm_case.h"

namespace dyt::kernels::test {
namespace {

template <class T>
class Norm : public ::testing::Test {
 protected:
  using N = Number<T>;
  using Numbers = std::vector<N>;
  static constexpr NormKind kKinds[] = {NormKind::kLayerNorm, NormKind::kRmsNorm};

  // The implementations that take problems of T.
  static auto forwards() {
    return accepting(norm_forward_implementations(), {.dtype = dtype_of<T>()});
  }
  static auto backwards() {
    return accepting(norm_backward_implementations(), {.dtype = dtype_of<T>()});
  }

  template <class Problem>
  static long double bound_of(const Implementation<Problem>& implementation) {
    const bool fast = !is_reference(implementation) && !std::is_same_v<T, double>;
    return fast ? kMaxNormError : kReferenceMaxNormError;
  }

  static Numbers output_of(const Implementation<NormForwardProblem>& implementation,
                           const NormCase<T>& problem) {
    NormForwardRun<T> run(problem);
    implementation.run(run.problem, {});
    return run.output.template numbers<N>();
  }
  static auto gradients_of(const Implementation<NormBackwardProblem>& implementation,
                           const NormCase<T>& problem) {
    NormBackwardRun<T> run(problem);
    implementation.run(run.problem, {});
    return run.results();
  }

  static Numbers residual_for(const NormCase<T>& problem) {
    std::mt19937_64 random(7);
    return random_numbers<T>(random, problem.rows * problem.channels, 0, 2);
  }
  static NormCase<T> added(NormCase<T> problem, const Numbers& residual) {
    for (size_t n = 0; n < residual.size(); ++n) {
      problem.input[n] = rounded<T>(static_cast<long double>(problem.input[n]) + residual[n]);
    }
    return problem;
  }
};
TYPED_TEST_SUITE(Norm, AllTypes);

template <class T>
void expect_forward(const NormCase<T>& problem, const NormForwardRun<T>& run, long double bound) {
  const auto output = run.output.template numbers<Number<T>>();
  for (int64_t r = 0; r < problem.rows; ++r) {
    const NormCase<T> row = problem.row(r);
    const ExactRow exact = exact_statistics(row);
    long double magnitude = 0;
    for (int64_t c = 0; c < row.channels; ++c) {
      magnitude += std::fabs(row.input[c]) / static_cast<long double>(row.channels);
      const long double normal = (row.input[c] - exact.mean) * exact.rstd;
      const long double y = normal * row.weight_at(c) + row.bias_at(c);
      const long double scale =
          std::fabs(row.weight_at(c)) * (std::fabs(normal) + 1) + std::fabs(row.bias_at(c));
      const Number<T> found = output[r * row.channels + c];
      ASSERT_TRUE(within<T>(found, y, bound * scale + ulp<T>(y)))
          << "row " << r << " channel " << c << " y " << found << " should be " << y;
    }
    const auto one_ulp = [](long double value) { return ulp<Number<T>>(value); };
    ASSERT_NEAR(run.mean[r], exact.mean, bound * magnitude + one_ulp(exact.mean)) << "row " << r;
    ASSERT_NEAR(run.rstd[r], exact.rstd, bound * exact.rstd + one_ulp(exact.rstd)) << "row " << r;
  }
}

TYPED_TEST(Norm, ForwardKeepsItsBound) {
  using T = TypeParam;
  for_each_norm_case<T>([](const NormCase<T>& problem) {
    for (const auto& implementation : TestFixture::forwards()) {
      SCOPED_TRACE(implementation.name);
      NormForwardRun<T> run(problem);
      implementation.run(run.problem, {});
      expect_forward(problem, run, TestFixture::bound_of(implementation));
    }
  });
}

// Where the mean is far from 0 a mean in fp32 is not enough; the reference has more digits.
TYPED_TEST(Norm, ReferenceKeepsItsBoundFarFromZero) {
  using T = TypeParam;
  const auto problem = random_norm_case<T>(NormKind::kLayerNorm, 5, 67, true, true, 1000);
  NormForwardRun<T> run(problem);
  forward_reference(run.problem);
  expect_forward(problem, run, kReferenceMaxNormError);
}

// A sum and the sum of its terms' magnitudes.
struct Sum {
  long double total = 0, magnitude = 0;
  void add(long double term) {
    total += term;
    magnitude += std::fabs(term);
  }
};

// x^ is made of the mean and rstd that backward is given.
template <class T>
void expect_backward(const NormCase<T>& problem, const NormBackwardRun<T>& run,
                     const std::vector<Number<T>>& elsewhere, long double bound,
                     double reduced_bound) {
  const auto found = run.results();
  const auto channels = static_cast<size_t>(problem.channels);
  std::vector<Sum> weight(channels), bias(channels);
  for (int64_t r = 0; r < problem.rows; ++r) {
    const NormCase<T> row = problem.row(r);
    const long double mean = run.statistics.mean[r], rstd = run.statistics.rstd[r];
    std::vector<long double> normal(channels), h(channels);
    Sum of_h, of_hx;
    for (size_t c = 0; c < channels; ++c) {
      normal[c] = (row.input[c] - mean) * rstd;
      h[c] = static_cast<long double>(row.grad_output[c]) * row.weight_at(c);
      of_h.add(row.kind == NormKind::kLayerNorm ? h[c] / channels : 0);
      of_hx.add(h[c] * normal[c] / channels);
      weight[c].add(row.grad_output[c] * normal[c]);
      bias[c].add(row.grad_output[c]);
    }
    for (size_t c = 0; c < channels; ++c) {
      const size_t n = r * channels + c;
      const long double more = elsewhere.empty() ? 0 : elsewhere[n];
      const long double exact = rstd * (h[c] - of_h.total - normal[c] * of_hx.total) + more;
      const long double scale =
          rstd * (std::fabs(h[c]) + of_h.magnitude + std::fabs(normal[c]) * of_hx.magnitude);
      ASSERT_TRUE(within<T>(found.input[n], exact, bound * scale + ulp<T>(exact)))
          << "row " << r << " channel " << c << " grad_input " << found.input[n] << " should be "
          << exact;
    }
  }
  const auto expect_sum = [&](const Sum& exact, long double sum, const char* name) {
    EXPECT_LE(std::fabs(sum - exact.total),
              reduced_bound * exact.magnitude + ulp(problem.parameter_type, exact.total))
        << name;
  };
  for (size_t c = 0; c < channels; ++c) {
    expect_sum(weight[c], found.weight[c], "weight");
    expect_sum(bias[c], found.bias[c], "bias");
  }
}

TYPED_TEST(Norm, BackwardKeepsItsBounds) {
  using T = TypeParam;
  for_each_norm_case<T>([](const NormCase<T>& problem) {
    for (const auto& implementation : TestFixture::backwards()) {
      for (const auto& elsewhere : {TestFixture::residual_for(problem), {}}) {
        SCOPED_TRACE(std::string(implementation.name) +
                     (elsewhere.empty() ? "" : " with grad_sum"));
        NormBackwardRun<T> run(problem, elsewhere);
        implementation.run(run.problem, {});
        expect_backward(
            problem, run, elsewhere, TestFixture::bound_of(implementation),
            is_reference(implementation) ? kReferenceMaxReducedError : kMaxReducedError);
      }
    }
  });
}

TYPED_TEST(Norm, BackwardKeepsItsBoundsOverManyRows) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    const auto problem = random_norm_case<T>(kind, 544, 64, true, true);
    for (const auto& implementation : this->backwards()) {
      NormBackwardRun<T> run(problem);
      implementation.run(run.problem, {});
      expect_backward(problem, run, {}, this->bound_of(implementation), kMaxReducedError);
    }
  }
}

TYPED_TEST(Norm, RowDoesNotDependOnItsNeighbours) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    for (const int64_t channels : {7, 64, 131}) {
      const auto whole = random_norm_case<T>(kind, 5, channels, true, true);
      for (const auto& implementation : this->forwards()) {
        const auto outputs = this->output_of(implementation, whole);
        for (int64_t r = 0; r < whole.rows; ++r) {
          EXPECT_TRUE(std::ranges::equal(this->output_of(implementation, whole.row(r)),
                                         std::span(outputs).subspan(r * channels, channels)));
        }
      }
      for (const auto& implementation : this->backwards()) {
        const auto all = this->gradients_of(implementation, whole).input;
        for (int64_t r = 0; r < whole.rows; ++r) {
          EXPECT_TRUE(std::ranges::equal(this->gradients_of(implementation, whole.row(r)).input,
                                         std::span(all).subspan(r * channels, channels)));
        }
      }
    }
  }
}

TYPED_TEST(Norm, OrderOfThePiecesChangesNoBit) {
  using T = TypeParam;
  const auto problem = random_norm_case<T>(NormKind::kLayerNorm, 700, 129, true, true);
  for (const auto& implementation : this->forwards()) {
    NormForwardRun<T> run(problem);
    implementation.run(run.problem, backwards_order());
    EXPECT_EQ(run.output.template numbers<Number<T>>(), this->output_of(implementation, problem));
  }
  for (const auto& implementation : this->backwards()) {
    NormBackwardRun<T> run(problem);
    implementation.run(run.problem, backwards_order());
    EXPECT_EQ(run.results(), this->gradients_of(implementation, problem));
  }
}

// output and sum over input and residual, in every allowed way, and apart.
TYPED_TEST(Norm, ResidualFormIsTheTwoStepsBitForBit) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    for (const int64_t channels : {1, 67}) {
      const auto problem = random_norm_case<T>(kind, 5, channels, true, true);
      const auto residual = this->residual_for(problem);
      const NormCase<T> second = this->added(problem, residual);
      for (const auto& implementation : this->forwards()) {
        const auto expected = this->output_of(implementation, second);
        for (int places = 0; places < 9; ++places) {
          NormForwardRun<T> run(problem, residual);
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
    }
  }
}

TYPED_TEST(Norm, ResultsOverTheirInputs) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    const auto problem = random_norm_case<T>(kind, 5, 67, true, true);
    for (const auto& implementation : this->forwards()) {
      NormForwardRun<T> run(problem);
      run.problem.output = run.input.data();
      implementation.run(run.problem, {});
      EXPECT_EQ(run.input.template numbers<Number<T>>(), this->output_of(implementation, problem));
    }
    const auto elsewhere = this->residual_for(problem);
    for (const auto& implementation : this->backwards()) {
      NormBackwardRun<T> apart(problem, elsewhere);
      implementation.run(apart.problem, {});
      for (Array NormBackwardRun<T>::*place :
           {&NormBackwardRun<T>::grad_output, &NormBackwardRun<T>::grad_sum}) {
        NormBackwardRun<T> over(problem, elsewhere);
        over.problem.grad_input = (over.*place).data();
        implementation.run(over.problem, {});
        auto found = over.results();
        found.input = (over.*place).template numbers<Number<T>>();
        EXPECT_EQ(found, apart.results());
      }
    }
  }
}

TYPED_TEST(Norm, UnwantedResultsChangeNoOther) {
  using T = TypeParam;
  const auto problem = random_norm_case<T>(NormKind::kLayerNorm, 5, 37, true, true);
  for (const auto& implementation : this->forwards()) {
    NormForwardRun<T> run(problem);
    run.problem.mean = run.problem.rstd = nullptr;
    implementation.run(run.problem, {});
    EXPECT_EQ(run.output.template numbers<Number<T>>(), this->output_of(implementation, problem));
  }
  void* NormBackwardProblem::*const outputs[] = {&NormBackwardProblem::grad_input,
                                                 &NormBackwardProblem::grad_weight,
                                                 &NormBackwardProblem::grad_bias};
  for (const auto& implementation : this->backwards()) {
    const auto all = this->gradients_of(implementation, problem);
    for (size_t wanted = 0; wanted < std::size(outputs); ++wanted) {
      NormBackwardRun<T> run(problem);
      const auto untouched = run.results();
      for (size_t n = 0; n < std::size(outputs); ++n) {
        run.problem.*outputs[n] = n == wanted ? run.problem.*outputs[n] : nullptr;
      }
      implementation.run(run.problem, {});
      const auto one = run.results();
      EXPECT_EQ(one.input, wanted == 0 ? all.input : untouched.input);
      EXPECT_EQ(one.weight, wanted == 1 ? all.weight : untouched.weight);
      EXPECT_EQ(one.bias, wanted == 2 ? all.bias : untouched.bias);
    }
  }
}

TYPED_TEST(Norm, EmptyProblems) {
  using T = TypeParam;
  constexpr int64_t kShapes[][2] = {{0, 7}, {7, 0}};
  for (const NormKind kind : this->kKinds) {
    for (const auto& [rows, channels] : kShapes) {
      const auto problem = random_norm_case<T>(kind, rows, channels, true, true);
      for (const auto& implementation : this->forwards()) {
        EXPECT_TRUE(this->output_of(implementation, problem).empty());
      }
      for (const auto& implementation : this->backwards()) {
        const auto found = this->gradients_of(implementation, problem);
        EXPECT_EQ(found.weight, std::vector<Number<T>>(channels));
        EXPECT_EQ(found.bias, std::vector<Number<T>>(channels));
      }
    }
  }
}

TYPED_TEST(Norm, ConstantRowGivesTheBias) {
  using T = TypeParam;
  auto problem = random_norm_case<T>(NormKind::kLayerNorm, 2, 37, true, true);
  std::ranges::fill(problem.input, 0.5);
  for (const auto& implementation : this->forwards()) {
    const auto output = this->output_of(implementation, problem);
    for (size_t n = 0; n < output.size(); ++n) {
      EXPECT_EQ(output[n], rounded<T>(problem.bias_at(static_cast<int64_t>(n) % 37)));
    }
  }
}

// 0 / 0, as in other libraries.
TYPED_TEST(Norm, ConstantRowWithoutEpsIsNan) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    auto problem = random_norm_case<T>(kind, 3, 37, true, true);
    problem.eps = 0;
    std::fill_n(problem.input.begin() + 37, 37, kind == NormKind::kLayerNorm ? 0.5 : 0);
    for (const auto& implementation : this->forwards()) {
      NormForwardRun<T> run(problem);
      implementation.run(run.problem, {});
      const auto output = run.output.template numbers<Number<T>>();
      for (size_t n = 0; n < output.size(); ++n) {
        EXPECT_EQ(std::isnan(output[n]), n / 37 == 1) << implementation.name << " element " << n;
      }
      EXPECT_TRUE(std::isinf(run.rstd[1]));
    }
  }
}

TYPED_TEST(Norm, NanStaysInItsRow) {
  using T = TypeParam;
  for (const NormKind kind : this->kKinds) {
    auto problem = random_norm_case<T>(kind, 3, 37, true, true);
    problem.input[50] = std::numeric_limits<Number<T>>::quiet_NaN();
    for (const auto& implementation : this->forwards()) {
      const auto output = this->output_of(implementation, problem);
      for (size_t n = 0; n < output.size(); ++n) {
        EXPECT_EQ(std::isnan(output[n]), n / 37 == 1) << implementation.name << " element " << n;
      }
    }
  }
}

TYPED_TEST(Norm, DispatchIsTheFirstThatAcceptsAndTheReferenceIsLast) {
  using T = TypeParam;
  const auto problem = random_norm_case<T>(NormKind::kLayerNorm, 3, 37, true, true);
  NormForwardRun<T> run(problem);
  forward(run.problem);
  EXPECT_EQ(run.output.template numbers<Number<T>>(),
            this->output_of(this->forwards().front(), problem));
  NormBackwardRun<T> back(problem);
  backward(back.problem);
  EXPECT_EQ(back.results(), this->gradients_of(this->backwards().front(), problem));
  EXPECT_EQ(norm_forward_implementations().back().name, "reference");
  EXPECT_EQ(norm_backward_implementations().back().name, "reference");
}

}  // namespace
}  // namespace dyt::kernels::test
