// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda/pointwise_cases.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/kernels/bounds.h"
#include "tests/kernels/cuda/numbers_array.h"
#include "tests/kernels/exact.h"

namespace dyt::kernels::cuda::test {
namespace {

using Wide = long double;

void fill(Array& array, int64_t count, double mean, double deviation, std::mt19937& random) {
  std::normal_distribution<double> normal(mean, deviation);
  for (int64_t n = 0; n < count; ++n) {
    array.set(n, normal(random));
  }
}

// All arrays of one problem.
struct Arrays {
  explicit Arrays(const PointwiseOptions& options)
      : count(options.shape.count()),
        channels(options.shape.channels),
        input(options.dtype, count, options.offset),
        residual(options.dtype, count, options.offset),
        output(options.dtype, count, options.offset),
        sum(options.dtype, count, options.offset),
        gradient(options.dtype, count, options.offset),
        alpha(options.parameter_dtype, 1),
        shift(options.parameter_dtype, 1),
        weight(options.parameter_dtype, channels),
        bias(options.parameter_dtype, channels),
        grad_alpha(options.parameter_dtype, 1),
        grad_shift(options.parameter_dtype, 1),
        grad_weight(options.parameter_dtype, channels),
        grad_bias(options.parameter_dtype, channels) {
    std::mt19937 random(static_cast<unsigned>(count + channels));
    fill(input, count, 0, 2, random);
    fill(residual, count, 0, 1, random);
    fill(gradient, count, 0, 1, random);
    fill(weight, channels, 1, 0.5, random);
    fill(bias, channels, 0, 1, random);
    alpha.set(0, 0.7);
    shift.set(0, -0.3);
  }

  int64_t count, channels;
  Array input, residual, output, sum, gradient;
  Array alpha, shift, weight, bias;
  Array grad_alpha, grad_shift, grad_weight, grad_bias;
};

// One element as the contract sees it.
struct Element {
  Wide x, u, value, slope, weight, bias;
};

Element element_of(const PointwiseOptions& options, const Arrays& arrays, double x, int64_t n) {
  const int64_t c = n / options.shape.inner % options.shape.channels;
  const double alpha = arrays.alpha[0], shift = arrays.shift[0];
  Element element{x,
                  0,
                  0,
                  0,
                  options.parameters ? arrays.weight[c] : 1,
                  options.parameters ? arrays.bias[c] : 0};
  if (options.dtype == DType::kFloat64) {
    element.u = options.parameters ? std::fma(alpha, x, shift) : alpha * x;
  } else {
    const auto a = static_cast<float>(alpha), number = static_cast<float>(x);
    element.u = options.parameters ? std::fma(a, number, static_cast<float>(shift)) : a * number;
  }
  element.value = kernels::test::exact_value(options.row.function, element.u);
  element.slope = kernels::test::exact_slope(options.row.function, element.u);
  return element;
}

bool is_fast(const PointwiseOptions& options) { return is_16_bit(options.dtype) && !options.exact; }

DType arithmetic_type(DType dtype) {
  return dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
}

Parameters parameters_of(const PointwiseOptions& options, Arrays& arrays) {
  Parameters parameters{.alpha = arrays.alpha.data(), .dtype = options.parameter_dtype};
  if (options.parameters) {
    parameters.shift = arrays.shift.data();
    parameters.weight = arrays.weight.data();
    parameters.bias = arrays.bias.data();
  }
  return parameters;
}

ForwardProblem forward_problem(const PointwiseOptions& options, Arrays& arrays) {
  return {.function = options.row.function,
          .dtype = options.dtype,
          .shape = options.shape,
          .input = arrays.input.data(),
          .parameters = parameters_of(options, arrays),
          .output = options.in_place ? arrays.input.data() : arrays.output.data(),
          .residual = options.residual ? arrays.residual.data() : nullptr,
          .sum = options.residual ? arrays.sum.data() : nullptr,
          .exact = options.exact};
}

BackwardProblem backward_problem(const PointwiseOptions& options, Arrays& arrays) {
  BackwardProblem problem{
      .function = options.row.function,
      .dtype = options.dtype,
      .shape = options.shape,
      .grad_output = arrays.gradient.data(),
      .input = arrays.input.data(),
      .parameters = parameters_of(options, arrays),
      .grad_input = options.in_place ? arrays.gradient.data() : arrays.output.data(),
      .grad_alpha = arrays.grad_alpha.data(),
      .grad_sum = options.residual ? arrays.residual.data() : nullptr,
      .exact = options.exact};
  if (options.parameters) {
    problem.grad_shift = arrays.grad_shift.data();
    problem.grad_weight = arrays.grad_weight.data();
    problem.grad_bias = arrays.grad_bias.data();
  }
  return problem;
}

// A sum and what it may be off by.
struct Sum {
  Wide exact = 0, magnitude = 0;
  void add(Wide term) {
    exact += term;
    magnitude += std::fabs(term);
  }
  void expect(const PointwiseOptions& options, double found, const char* name, int64_t n) const {
    const Wide bound = kMaxReducedError * magnitude +
                       Wide(1.01) * kernels::test::ulp(options.parameter_dtype, exact);
    EXPECT_LE(std::fabs(found - exact), bound) << name << " " << n;
  }
};

void expect_gradients(const PointwiseOptions& options, const Arrays& before, Arrays& after) {
  const Array& grad_input = options.in_place ? after.gradient : after.output;
  Sum alpha, shift;
  std::vector<Sum> weight(before.channels), bias(before.channels);
  for (int64_t n = 0; n < before.count; ++n) {
    const Element e = element_of(options, before, before.input[n], n);
    const Wide g = before.gradient[n], k = g * e.weight * e.slope;
    const Wide expected = before.alpha[0] * k + (options.residual ? before.residual[n] : 0);
    const double scale = slope_scale(options.row, static_cast<double>(e.slope));
    const Wide slope = is_fast(options) ? kMaxFastSlopeError16Bit * scale
                       : options.dtype == DType::kFloat64
                           ? options.row.max_slope_error_fp64 * std::fabs(e.slope)
                           : options.row.max_slope_error_fp32 * std::fabs(e.slope);
    const Wide bound = slope * std::fabs(before.alpha[0] * e.weight * g) +
                       Wide(1.01) * kernels::test::ulp(options.dtype, expected);
    ASSERT_LE(std::fabs(grad_input[n] - expected), bound) << "element " << n << " u " << e.u;
    const int64_t c = n / options.shape.inner % options.shape.channels;
    alpha.add(k * e.x);
    shift.add(k);
    weight[c].add(g * e.value);
    bias[c].add(g);
  }
  alpha.expect(options, after.grad_alpha[0], "alpha", 0);
  if (options.parameters) {
    shift.expect(options, after.grad_shift[0], "shift", 0);
    for (int64_t c = 0; c < before.channels; ++c) {
      weight[c].expect(options, after.grad_weight[c], "weight", c);
      bias[c].expect(options, after.grad_bias[c], "bias", c);
    }
  }
}

}  // namespace

std::string text_of(const PointwiseOptions& options) {
  const auto number = [](int64_t n) { return std::to_string(n); };
  return std::string(options.row.name) + " type " + number(static_cast<int>(options.dtype)) +
         " parameters " + number(static_cast<int>(options.parameter_dtype)) + " shape " +
         number(options.shape.outer) + "," + number(options.shape.channels) + "," +
         number(options.shape.inner) + (options.exact ? " exact" : "") +
         (options.parameters ? "" : " alpha only") + (options.residual ? " residual" : "") +
         (options.in_place ? " in place" : "") + " offset " + number(options.offset);
}

void expect_forward(Runner& runner, const PointwiseOptions& options) {
  const Arrays before(options);
  Arrays after = before;
  runner.run(forward_problem(options, after));
  const Array& output = options.in_place ? after.input : after.output;
  for (int64_t n = 0; n < before.count; ++n) {
    double x = before.input[n];
    if (options.residual) {
      Array rounded(options.dtype, 1);
      rounded.set(0, x + before.residual[n]);
      x = rounded[0];
      ASSERT_EQ(after.sum[n], x) << "sum, element " << n;
    }
    const Element e = element_of(options, before, x, n);
    const Wide exact = e.weight * e.value + e.bias;
    const Wide t =
        is_fast(options)
            ? kMaxFastUlp16Bit * kernels::test::ulp(options.dtype, e.value)
            : options.row.max_ulp * kernels::test::ulp(arithmetic_type(options.dtype), e.value);
    const Wide bound = std::fabs(e.weight) * t + kernels::test::ulp(options.dtype, exact);
    ASSERT_LE(std::fabs(output[n] - exact), bound) << "element " << n << " u " << e.u;
  }
}

void expect_backward(Runner& runner, const PointwiseOptions& options) {
  const Arrays before(options);
  Arrays after = before, again = before;
  runner.run(backward_problem(options, after));
  runner.run(backward_problem(options, again));
  expect_gradients(options, before, after);
  EXPECT_EQ(after.output, again.output);
  EXPECT_EQ(after.gradient, again.gradient);
  EXPECT_EQ(after.grad_alpha, again.grad_alpha);
  EXPECT_EQ(after.grad_shift, again.grad_shift);
  EXPECT_EQ(after.grad_weight, again.grad_weight);
  EXPECT_EQ(after.grad_bias, again.grad_bias);
}

void for_each_pointwise_case(Runner& runner, Check check) {
  const DType dtypes[] = {DType::kFloat32, DType::kFloat64, DType::kBFloat16, DType::kFloat16};
  // Whole vectors and odd widths; several rows, tiles, groups, planes, segments; nothing at all.
  const Shape shapes[] = {{37, 8},     {3, 1},     {19, 13},   {70, 96},     {2, 2056},
                          {150, 1, 1}, {3, 5, 16}, {2, 3, 49}, {1, 2, 9001}, {5, 300, 2},
                          {0, 5},      {4, 0},     {2, 3, 0}};
  int turn = 0;
  for (const FunctionRow& row : kFunctions) {
    if (std::ranges::find(runner.functions(), row.name) == runner.functions().end()) {
      continue;
    }
    for (const DType dtype : dtypes) {
      for (const Shape& shape : shapes) {
        // What is present goes round, so that every pair of choices comes up.
        for (int n = 0; n < 2; ++n, ++turn) {
          PointwiseOptions options{
              .row = row, .dtype = dtype, .parameter_dtype = dtype, .shape = shape};
          options.exact = turn % 2 == 1;
          options.parameters = turn % 5 != 0;
          options.residual = turn % 3 == 0;
          options.in_place = turn % 7 < 3;
          options.offset = turn % 4 == 3 ? 1 : 0;
          if (is_16_bit(dtype) && turn % 11 < 6) {
            options.parameter_dtype = DType::kFloat32;
          }
          SCOPED_TRACE(text_of(options));
          check(runner, options);
        }
      }
    }
  }
}

void expect_batch_invariant(Runner& runner, DType dtype) {
  PointwiseOptions options{
      .row = kFunctions[0], .dtype = dtype, .parameter_dtype = dtype, .shape = {9, 64}};
  Arrays all(options);
  runner.run(forward_problem(options, all));
  options.shape.outer = 1;
  for (const int64_t offset : {0, 1}) {
    for (int64_t row = 0; row < 9; ++row) {
      options.offset = offset;
      Arrays alone(options);
      for (int64_t c = 0; c < 64; ++c) {
        alone.input.set(c, all.input[row * 64 + c]);
        alone.weight.set(c, all.weight[c]);
        alone.bias.set(c, all.bias[c]);
      }
      runner.run(forward_problem(options, alone));
      for (int64_t c = 0; c < 64; ++c) {
        ASSERT_EQ(alone.output[c], all.output[row * 64 + c]) << row << " " << c;
      }
    }
  }
}

}  // namespace dyt::kernels::cuda::test
