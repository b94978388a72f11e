// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda/norm_cases.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/kernels/bounds.h"
#include "tests/kernels/cuda/numbers_array.h"

namespace dyt::kernels::cuda::test {
namespace {

using Wide = long double;

constexpr double kEps = 1e-5;

void fill(Array& array, int64_t count, double mean, double deviation, std::mt19937& random) {
  std::normal_distribution<double> normal(mean, deviation);
  for (int64_t n = 0; n < count; ++n) {
    array.set(n, normal(random));
  }
}

DType statistics_type(DType dtype) {
  return dtype == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
}

struct Arrays {
  explicit Arrays(const NormOptions& o)
      : count(o.rows * o.channels),
        input(o.dtype, count, o.offset),
        residual(o.dtype, count, o.offset),
        output(o.dtype, count, o.offset),
        sum(o.dtype, count, o.offset),
        gradient(o.dtype, count, o.offset),
        weight(o.parameter_dtype, o.channels, o.offset),
        bias(o.parameter_dtype, o.channels, o.offset),
        grad_weight(o.parameter_dtype, o.channels),
        grad_bias(o.parameter_dtype, o.channels),
        mean(statistics_type(o.dtype), o.rows),
        rstd(statistics_type(o.dtype), o.rows) {
    std::mt19937 random(static_cast<unsigned>(count + o.channels));
    fill(input, count, o.mean, 1.5, random);
    fill(residual, count, 0, 1, random);
    fill(gradient, count, 0.1, 1, random);
    fill(weight, o.channels, 1, 0.5, random);
    fill(bias, o.channels, 0, 1, random);
  }

  int64_t count;
  Array input, residual, output, sum, gradient, weight, bias, grad_weight, grad_bias, mean, rstd;
};

NormForwardProblem forward_problem(const NormOptions& o, Arrays& arrays) {
  return {.kind = o.kind,
          .dtype = o.dtype,
          .rows = o.rows,
          .channels = o.channels,
          .eps = kEps,
          .input = arrays.input.data(),
          .weight = o.parameters ? arrays.weight.data() : nullptr,
          .bias = o.parameters ? arrays.bias.data() : nullptr,
          .parameter_dtype = o.parameter_dtype,
          .output = o.in_place ? arrays.input.data() : arrays.output.data(),
          .residual = o.residual ? arrays.residual.data() : nullptr,
          .sum = o.residual ? arrays.sum.data() : nullptr,
          .mean = o.kind == NormKind::kLayerNorm ? arrays.mean.data() : nullptr,
          .rstd = arrays.rstd.data()};
}

NormBackwardProblem backward_problem(const NormOptions& o, Arrays& arrays) {
  return {.kind = o.kind,
          .dtype = o.dtype,
          .rows = o.rows,
          .channels = o.channels,
          .grad_output = arrays.gradient.data(),
          .input = arrays.input.data(),
          .weight = o.parameters ? arrays.weight.data() : nullptr,
          .parameter_dtype = o.parameter_dtype,
          .mean = o.kind == NormKind::kLayerNorm ? arrays.mean.data() : nullptr,
          .rstd = arrays.rstd.data(),
          .grad_input = o.in_place ? arrays.gradient.data() : arrays.output.data(),
          .grad_weight = o.parameters ? arrays.grad_weight.data() : nullptr,
          .grad_bias = o.parameters ? arrays.grad_bias.data() : nullptr,
          .grad_sum = o.residual ? arrays.residual.data() : nullptr};
}

struct Statistics {
  Wide mean = 0, rstd = 0;
};

Statistics statistics_of(const NormOptions& o, const std::vector<Wide>& x) {
  Statistics row;
  for (const Wide number : x) {
    row.mean += o.kind == NormKind::kLayerNorm ? number / x.size() : 0;
  }
  Wide squares = 0;
  for (const Wide number : x) {
    squares += (number - row.mean) * (number - row.mean);
  }
  row.rstd = 1 / std::sqrt(squares / x.size() + Wide(kEps));
  return row;
}

double max_error(DType dtype) {
  return dtype == DType::kFloat64 ? 1e-6 * kMaxNormError : kMaxNormError;
}

void expect_row(const NormOptions& o, const Arrays& before, Arrays& after, int64_t row) {
  const Array& output = o.in_place ? after.input : after.output;
  std::vector<Wide> x(o.channels);
  for (int64_t c = 0; c < o.channels; ++c) {
    const int64_t n = row * o.channels + c;
    Array rounded(o.dtype, 1);
    rounded.set(0, before.input[n] + (o.residual ? before.residual[n] : 0));
    x[c] = rounded[0];
    if (o.residual) {
      ASSERT_EQ(after.sum[n], rounded[0]) << "sum " << n;
    }
  }
  const Statistics exact = statistics_of(o, x);
  for (int64_t c = 0; c < o.channels; ++c) {
    const Wide normal = (x[c] - exact.mean) * exact.rstd;
    const Wide weight = o.parameters ? before.weight[c] : 1,
               bias = o.parameters ? before.bias[c] : 0;
    const Wide y = weight * normal + bias;
    const Wide bound =
        max_error(o.dtype) * (std::fabs(weight) * (std::fabs(normal) + 1) + std::fabs(bias)) +
        kernels::test::ulp(o.dtype, y);
    ASSERT_LE(std::fabs(output[row * o.channels + c] - y), bound) << row << " " << c;
  }
  const double share = o.dtype == DType::kFloat64 ? 1e-14 : 1e-6;
  EXPECT_NEAR(after.rstd[row], exact.rstd, share * exact.rstd);
  if (o.kind == NormKind::kLayerNorm) {
    EXPECT_NEAR(after.mean[row], exact.mean, share * (std::fabs(exact.mean) + 1 / exact.rstd));
  }
}

// One row's grad_input, and its terms of the sums.
void expect_row_gradients(const NormOptions& o, const Arrays& before, Arrays& after, int64_t row,
                          std::vector<Wide>& weights, std::vector<Wide>& magnitudes) {
  const Array& grad_input = o.in_place ? after.gradient : after.output;
  const Wide mean = o.kind == NormKind::kLayerNorm ? before.mean[row] : 0, rstd = before.rstd[row];
  std::vector<Wide> normal(o.channels), h(o.channels);
  Wide sum_h = 0, sum_hx = 0, size_h = 0, size_hx = 0;
  for (int64_t c = 0; c < o.channels; ++c) {
    const int64_t n = row * o.channels + c;
    normal[c] = (before.input[n] - mean) * rstd;
    h[c] = before.gradient[n] * (o.parameters ? before.weight[c] : 1);
    sum_h += o.kind == NormKind::kLayerNorm ? h[c] : 0;
    sum_hx += h[c] * normal[c];
    size_h += std::fabs(h[c]);
    size_hx += std::fabs(h[c] * normal[c]);
    weights[c] += before.gradient[n] * normal[c];
    magnitudes[c] += std::fabs(before.gradient[n] * normal[c]);
  }
  const double share = o.dtype == DType::kFloat64 ? 1e-13 : 1e-5;
  for (int64_t c = 0; c < o.channels; ++c) {
    const int64_t n = row * o.channels + c;
    const Wide elsewhere = o.residual ? before.residual[n] : 0;
    const Wide exact = rstd * (h[c] - (sum_h + normal[c] * sum_hx) / o.channels) + elsewhere;
    const Wide size =
        rstd * (std::fabs(h[c]) + (size_h + std::fabs(normal[c]) * size_hx) / o.channels);
    ASSERT_LE(std::fabs(grad_input[n] - exact),
              share * size + Wide(1.01) * kernels::test::ulp(o.dtype, exact))
        << row << " " << c;
  }
}

}  // namespace

std::string text_of(const NormOptions& o) {
  const auto number = [](int64_t n) { return std::to_string(n); };
  return std::string(o.kind == NormKind::kLayerNorm ? "layer_norm" : "rms_norm") + " type " +
         number(static_cast<int>(o.dtype)) + " parameters " +
         number(static_cast<int>(o.parameter_dtype)) + " rows " + number(o.rows) + " channels " +
         number(o.channels) + (o.parameters ? "" : " plain") + (o.residual ? " residual" : "") +
         (o.in_place ? " in place" : "") + " offset " + number(o.offset) + " mean " +
         std::to_string(o.mean);
}

void expect_forward(Runner& runner, const NormOptions& options) {
  const Arrays before(options);
  Arrays after = before;
  runner.run(forward_problem(options, after));
  for (int64_t row = 0; row < options.rows && options.channels > 0; ++row) {
    expect_row(options, before, after, row);
  }
}

void expect_backward(Runner& runner, const NormOptions& options) {
  Arrays before(options);
  for (int64_t row = 0; row < options.rows; ++row) {
    before.mean.set(row, options.mean + 0.01 * row);
    before.rstd.set(row, 0.6 + 0.01 * row);
  }
  Arrays after = before, again = before;
  runner.run(backward_problem(options, after));
  runner.run(backward_problem(options, again));
  std::vector<Wide> weights(options.channels), magnitudes(options.channels);
  for (int64_t row = 0; row < options.rows; ++row) {
    expect_row_gradients(options, before, after, row, weights, magnitudes);
  }
  for (int64_t c = 0; c < options.channels && options.parameters; ++c) {
    Wide bias = 0, bias_size = 0;
    for (int64_t row = 0; row < options.rows; ++row) {
      bias += before.gradient[row * options.channels + c];
      bias_size += std::fabs(before.gradient[row * options.channels + c]);
    }
    const auto bound = [&](Wide magnitude, Wide exact) {
      return kMaxReducedError * magnitude +
             Wide(1.01) * kernels::test::ulp(options.parameter_dtype, exact);
    };
    EXPECT_LE(std::fabs(after.grad_weight[c] - weights[c]), bound(magnitudes[c], weights[c])) << c;
    EXPECT_LE(std::fabs(after.grad_bias[c] - bias), bound(bias_size, bias)) << c;
  }
  EXPECT_EQ(after.output, again.output);
  EXPECT_EQ(after.gradient, again.gradient);
  EXPECT_EQ(after.grad_weight, again.grad_weight);
  EXPECT_EQ(after.grad_bias, again.grad_bias);
}

void for_each_norm_case(Runner& runner, NormCheck check) {
  struct Size {
    int64_t rows, channels;
  };
  // One lane, part of a warp, several tiles, several warps, more than the registers hold; odd
  // widths.
  const Size sizes[] = {{5, 1},    {70, 8},   {9, 30},   {40, 64},   {3, 257}, {6, 768}, {3, 1024},
                        {3, 1101}, {2, 4104}, {2, 5003}, {3, 17000}, {0, 16},  {4, 0}};
  int turn = 0;
  for (const NormKind kind : {NormKind::kLayerNorm, NormKind::kRmsNorm}) {
    for (const DType dtype :
         {DType::kFloat32, DType::kFloat64, DType::kBFloat16, DType::kFloat16}) {
      for (const Size& size : sizes) {
        NormOptions options{.kind = kind,
                            .dtype = dtype,
                            .parameter_dtype = dtype,
                            .rows = size.rows,
                            .channels = size.channels};
        options.parameters = turn % 5 != 0;
        options.residual = turn % 3 == 0;
        options.in_place = turn % 7 < 3;
        options.offset = turn % 4 == 3 ? 1 : 0;
        options.mean = turn % 2 == 0 ? 0.5 : 50;
        if (is_16_bit(dtype) && turn % 11 < 6) {
          options.parameter_dtype = DType::kFloat32;
        }
        ++turn;
        SCOPED_TRACE(text_of(options));
        check(runner, options);
      }
    }
  }
}

void expect_norm_batch_invariant(Runner& runner, DType dtype, int64_t channels) {
  constexpr int64_t kRows = 5;
  NormOptions options{.kind = NormKind::kLayerNorm,
                      .dtype = dtype,
                      .parameter_dtype = dtype,
                      .rows = kRows,
                      .channels = channels};
  Arrays all(options);
  runner.run(forward_problem(options, all));
  options.rows = 1;
  for (const int64_t offset : {0, 1}) {
    options.offset = offset;
    for (int64_t row = 0; row < kRows; ++row) {
      Arrays alone(options);
      for (int64_t c = 0; c < channels; ++c) {
        alone.input.set(c, all.input[row * channels + c]);
        alone.weight.set(c, all.weight[c]);
        alone.bias.set(c, all.bias[c]);
      }
      runner.run(forward_problem(options, alone));
      for (int64_t c = 0; c < channels; ++c) {
        ASSERT_EQ(alone.output[c], all.output[row * channels + c]) << row << " " << c;
      }
    }
  }
}

}  // namespace dyt::kernels::cuda::test
