// SPDX-License-Identifier: Apache-2.0
// The C interface: the same bits as the C++ one, in place, on threads, from C; versions and names.
#include <gtest/gtest.h>

#include <cstring>

#include "dyt/kernels/norm.h"
#include "tests/kernels/c_api_case.h"
#include "tests/kernels/c_program.h"

namespace dyt::kernels::test {
namespace {

TEST(CApi, HeaderLibraryAndProjectAreOfOneVersion) {
  EXPECT_EQ(dyt_kernels_version(), DYT_KERNELS_VERSION);
  EXPECT_EQ(std::to_string(DYT_KERNELS_VERSION_MAJOR) + "." +
                std::to_string(DYT_KERNELS_VERSION_MINOR) + "." +
                std::to_string(DYT_KERNELS_VERSION_PATCH),
            DYT_PROJECT_VERSION);
}

TEST(CApi, EveryFunctionHasItsNumberAndKeepsIt) {
  const char* const by_number[] = {
      nullptr,   "tanh",     "erf",          "isru",         "linear_clip", "sigmoid",
      "arctan",  "satursin", "smoothsign",   "relsign",      "expsign",     "exproot",
      "cubsign", "saturlog", "logsign_clip", "logquad_clip", "power23_clip"};
  for (size_t number = 1; number < std::size(by_number); ++number) {
    EXPECT_EQ(dyt_function_from_name(by_number[number]), static_cast<dyt_function>(number));
    EXPECT_STREQ(dyt_function_name(static_cast<dyt_function>(number)), by_number[number]);
  }
  for (const FunctionRow& row : kFunctions) {
    EXPECT_NE(c_function(row.function), 0) << row.name << " has no number in dyt.h";
  }
  EXPECT_EQ(std::size(by_number), std::size(kFunctions) + 1) << "add the new number above";
}

TEST(CApi, CallFromC) {
  const std::vector<float> input(3 * 8192, 1.0f);
  std::vector<float> output(input.size());
  EXPECT_TRUE(c_program(input.data(), 3, 8192, output.data())) << dyt_last_error();
  for (const float y : output) {
    ASSERT_NEAR(y, 0.46211716f, 1e-6);
  }
}

// A team and its parallel-for, for one test.
struct Team {
  Team() { EXPECT_EQ(dyt_threads_create(3, &threads), DYT_STATUS_OK) << dyt_last_error(); }
  ~Team() { dyt_threads_destroy(threads); }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  dyt_threads* threads = nullptr;
};

TEST(CApi, LoopsOfTheCallerOnTheTeam) {
  const Team team;
  const dyt_parallel_for loop = dyt_threads_parallel_for(team.threads);
  std::vector<int> times(1000, 0);
  loop.run(
      loop.executor, 1000,
      [](void* data, int64_t index) { ++(*static_cast<std::vector<int>*>(data))[index]; }, &times);
  EXPECT_EQ(times, std::vector<int>(1000, 1));
}

template <class T>
class CApiOfType : public ::testing::Test {};
TYPED_TEST_SUITE(CApiOfType, AllTypes);

TYPED_TEST(CApiOfType, ForwardHasTheBitsOfTheCppInterface) {
  using T = TypeParam;
  for_each_random_case<T>([](const FunctionRow&, const PointwiseCase<T>& problem) {
    for (const bool exact : {false, true}) {
      ForwardRun<T> run(problem, exact);
      const auto args = c_args(run);
      ASSERT_EQ(dyt_forward(&args, nullptr), DYT_STATUS_OK) << dyt_last_error();
      ASSERT_EQ(run.output.template numbers<Number<T>>(),
                problem.forward(forward_for(problem, exact)[0], exact));
    }
  });
}

TYPED_TEST(CApiOfType, BackwardHasTheBitsOfTheCppInterface) {
  using T = TypeParam;
  for_each_random_case<T>([](const FunctionRow&, const PointwiseCase<T>& problem) {
    BackwardRun<T> run(problem);
    const auto args = c_args(run);
    ASSERT_EQ(dyt_backward(&args, nullptr), DYT_STATUS_OK) << dyt_last_error();
    ASSERT_EQ(run.gradients(), problem.backward(backward_for(problem)[0]));
  });
}

// The residual stream of an engine: sum over the residual, output over the branch, on threads.
TYPED_TEST(CApiOfType, AddForwardInPlaceOnThreads) {
  using T = TypeParam;
  const Team team;
  const dyt_parallel_for loop = dyt_threads_parallel_for(team.threads);
  const auto problem = random_case<T>(Function::kTanh, {37, 1023}, false, true, true);
  std::mt19937_64 random(7);
  const auto residual = random_numbers<T>(random, problem.shape.count(), 0, 2);
  ForwardRun<T> apart(problem, false, residual);
  forward(apart.problem);
  ForwardRun<T> over(problem, false, residual);
  over.problem.output = over.input.data();
  over.problem.sum = over.residual.data();
  const auto args = c_args(over);
  ASSERT_EQ(dyt_add_forward(&args, &loop), DYT_STATUS_OK) << dyt_last_error();
  EXPECT_EQ(over.input.bytes, apart.output.bytes);
  EXPECT_EQ(over.residual.bytes, apart.sum.bytes);
}

TYPED_TEST(CApiOfType, AddBackwardInPlace) {
  using T = TypeParam;
  const auto problem = random_case<T>(Function::kErf, {5, 67}, true, true, true);
  const auto elsewhere = problem.input;
  BackwardRun<T> apart(problem, false, elsewhere);
  backward(apart.problem);
  BackwardRun<T> over(problem, false, elsewhere);
  over.problem.grad_input = over.grad_sum.data();
  const auto args = c_args(over);
  ASSERT_EQ(dyt_add_backward(&args, nullptr), DYT_STATUS_OK) << dyt_last_error();
  EXPECT_EQ(over.grad_sum.bytes, apart.grad_input.bytes);
  EXPECT_EQ(over.grad_alpha.bytes, apart.grad_alpha.bytes);
  EXPECT_EQ(over.grad_weight.bytes, apart.grad_weight.bytes);
}

// The arrays of a norm, forward and backward, alone or after a residual addition.
struct NormArrays {
  static constexpr int64_t kRows = 5, kChannels = 67;
  using Numbers = std::vector<float>;

  Numbers input = wave(0.3f), residual = wave(0.7f), grad_output = wave(1.1f),
          grad_sum = wave(1.9f);
  Numbers weight = Numbers(kChannels, 1.5f), bias = Numbers(kChannels, -0.5f);
  Numbers output = Numbers(input.size()), sum = output, grad_input = output;
  Numbers mean = Numbers(kRows), rstd = mean, grad_weight = Numbers(kChannels),
          grad_bias = grad_weight;

  static Numbers wave(float step) {
    Numbers numbers(kRows * kChannels);
    for (size_t n = 0; n < numbers.size(); ++n) {
      numbers[n] = std::sin(step * static_cast<float>(n));
    }
    return numbers;
  }

  auto results() const {
    return std::tie(output, sum, mean, rstd, grad_input, grad_weight, grad_bias);
  }
};

void run_cpp(NormArrays& a, NormKind kind, bool adds) {
  const bool centered = kind == NormKind::kLayerNorm;
  forward(NormForwardProblem{.kind = kind,
                             .rows = a.kRows,
                             .channels = a.kChannels,
                             .eps = 1e-5,
                             .input = a.input.data(),
                             .weight = a.weight.data(),
                             .bias = a.bias.data(),
                             .output = a.output.data(),
                             .residual = adds ? a.residual.data() : nullptr,
                             .sum = adds ? a.sum.data() : nullptr,
                             .mean = centered ? a.mean.data() : nullptr,
                             .rstd = a.rstd.data()});
  backward(NormBackwardProblem{.kind = kind,
                               .rows = a.kRows,
                               .channels = a.kChannels,
                               .grad_output = a.grad_output.data(),
                               .input = adds ? a.sum.data() : a.input.data(),
                               .weight = a.weight.data(),
                               .mean = centered ? a.mean.data() : nullptr,
                               .rstd = a.rstd.data(),
                               .grad_input = a.grad_input.data(),
                               .grad_weight = a.grad_weight.data(),
                               .grad_bias = a.grad_bias.data(),
                               .grad_sum = adds ? a.grad_sum.data() : nullptr});
}

using NormForward = dyt_status (*)(const dyt_norm_forward_args*, const dyt_parallel_for*);
using NormBackward = dyt_status (*)(const dyt_norm_backward_args*, const dyt_parallel_for*);

void run_c(NormArrays& a, NormForward forward, NormBackward backward, bool centered, bool adds) {
  const dyt_norm_forward_args there{.size = sizeof there,
                                    .dtype = DYT_DTYPE_FLOAT32,
                                    .rows = a.kRows,
                                    .channels = a.kChannels,
                                    .eps = 1e-5,
                                    .input = a.input.data(),
                                    .weight = a.weight.data(),
                                    .bias = a.bias.data(),
                                    .output = a.output.data(),
                                    .residual = adds ? a.residual.data() : nullptr,
                                    .sum = adds ? a.sum.data() : nullptr,
                                    .mean = centered ? a.mean.data() : nullptr,
                                    .rstd = a.rstd.data()};
  EXPECT_EQ(forward(&there, nullptr), DYT_STATUS_OK) << dyt_last_error();
  const dyt_norm_backward_args back{.size = sizeof back,
                                    .dtype = DYT_DTYPE_FLOAT32,
                                    .rows = a.kRows,
                                    .channels = a.kChannels,
                                    .grad_output = a.grad_output.data(),
                                    .input = adds ? a.sum.data() : a.input.data(),
                                    .weight = a.weight.data(),
                                    .mean = centered ? a.mean.data() : nullptr,
                                    .rstd = a.rstd.data(),
                                    .grad_sum = adds ? a.grad_sum.data() : nullptr,
                                    .grad_input = a.grad_input.data(),
                                    .grad_weight = a.grad_weight.data(),
                                    .grad_bias = a.grad_bias.data()};
  EXPECT_EQ(backward(&back, nullptr), DYT_STATUS_OK) << dyt_last_error();
}

TEST(CApi, NormsHaveTheBitsOfTheCppInterface) {
  const struct {
    NormKind kind;
    bool adds;
    NormForward forward;
    NormBackward backward;
  } rows[] = {
      {NormKind::kLayerNorm, false, dyt_layer_norm_forward, dyt_layer_norm_backward},
      {NormKind::kLayerNorm, true, dyt_layer_norm_add_forward, dyt_layer_norm_add_backward},
      {NormKind::kRmsNorm, false, dyt_rms_norm_forward, dyt_rms_norm_backward},
      {NormKind::kRmsNorm, true, dyt_rms_norm_add_forward, dyt_rms_norm_add_backward},
  };
  for (const auto& row : rows) {
    NormArrays expected, found;
    run_cpp(expected, row.kind, row.adds);
    run_c(found, row.forward, row.backward, row.kind == NormKind::kLayerNorm, row.adds);
    EXPECT_EQ(found.results(), expected.results());
    EXPECT_NE(found.grad_input, NormArrays().grad_input);
  }
}

TEST(CApi, NothingToComputeNeedsNoArrays) {
  const float alpha = 1;
  float grad_alpha = 7;
  std::vector<float> grad_bias(3, 7);
  const dyt_forward_args there{.size = sizeof there,
                               .function = DYT_FUNCTION_ERF,
                               .dtype = DYT_DTYPE_FLOAT32,
                               .outer = 0,
                               .channels = 3,
                               .inner = 1,
                               .alpha = &alpha};
  EXPECT_EQ(dyt_forward(&there, nullptr), DYT_STATUS_OK) << dyt_last_error();
  const dyt_backward_args back{.size = sizeof back,
                               .function = DYT_FUNCTION_ERF,
                               .dtype = DYT_DTYPE_FLOAT32,
                               .outer = 0,
                               .channels = 3,
                               .inner = 1,
                               .alpha = &alpha,
                               .grad_alpha = &grad_alpha,
                               .grad_bias = grad_bias.data()};
  EXPECT_EQ(dyt_backward(&back, nullptr), DYT_STATUS_OK) << dyt_last_error();
  EXPECT_EQ(grad_alpha, 0);
  EXPECT_EQ(grad_bias, std::vector<float>(3, 0));
}

// What a program with a later header gives: a longer struct.
struct LaterArgs {
  dyt_forward_args known;
  int64_t unknown;
};

TEST(CApi, StructOfALaterVersionServesWhileItsNewFieldsAreZero) {
  const auto problem = random_case<float>(Function::kTanh, {2, 3}, true, true, true);
  ForwardRun<float> run(problem);
  LaterArgs args{.known = c_args(run), .unknown = 0};
  args.known.size = sizeof args;
  EXPECT_EQ(dyt_forward(&args.known, nullptr), DYT_STATUS_OK) << dyt_last_error();
  EXPECT_EQ(run.output.numbers<float>(), problem.forward(forward_for(problem)[0]));
  args.unknown = 1;
  EXPECT_EQ(dyt_forward(&args.known, nullptr), DYT_STATUS_UNKNOWN_VALUE);
  EXPECT_NE(std::strstr(dyt_last_error(), "needs a newer libdyt_kernels"), nullptr);
}

}  // namespace
}  // namespace dyt::kernels::test
