// SPDX-License-Identifier: Apache-2.0
// One norm problem with its arrays, for tests, and what it should give, in long double.
#pragma once

#include <string>
#include <vector>

#include "dyt/kernels/norm.h"
#include "tests/kernels/pointwise_case.h"

namespace dyt::kernels::test {

// Numbers of input and the gradients are numbers of T, those of weight and bias of parameter_type.
template <class T>
struct NormCase {
  using N = Number<T>;

  NormKind kind = NormKind::kLayerNorm;
  int64_t rows = 0;
  int64_t channels = 0;
  double eps = 1e-6;
  std::vector<N> input;
  std::vector<N> weight = {}, bias = {};  // empty: absent
  std::vector<N> grad_output = {};
  DType parameter_type = dtype_of<N>();

  N weight_at(int64_t channel) const { return weight.empty() ? 1 : weight[channel]; }
  N bias_at(int64_t channel) const { return bias.empty() ? 0 : bias[channel]; }
  std::optional<DType> parameter_dtype() const {
    return parameter_type == dtype_of<T>() ? std::nullopt : std::optional(parameter_type);
  }
  NormCase row(int64_t r) const {
    const auto of_row = [&](const std::vector<N>& numbers) {
      const auto first = numbers.begin() + (numbers.empty() ? 0 : r * channels);
      return std::vector<N>(first, first + (numbers.empty() ? 0 : channels));
    };
    NormCase alone = *this;
    alone.rows = 1;
    alone.input = of_row(input);
    alone.grad_output = of_row(grad_output);
    return alone;
  }
};

// A problem and its memory; a test may change the problem before it runs.
template <class T>
struct NormForwardRun {
  using Numbers = std::vector<Number<T>>;

  explicit NormForwardRun(const NormCase<T>& from, const Numbers& added = {})
      : input(dtype_of<T>(), from.input),
        residual(dtype_of<T>(), added),
        output(dtype_of<T>(), Numbers(from.input.size(), -7)),
        sum(dtype_of<T>(), Numbers(added.size(), -7)),
        weight(from.parameter_type, from.weight),
        bias(from.parameter_type, from.bias),
        mean(static_cast<size_t>(from.rows), 0),  // stays for RMS
        rstd(static_cast<size_t>(from.rows), -7),
        problem{.kind = from.kind,
                .dtype = dtype_of<T>(),
                .rows = from.rows,
                .channels = from.channels,
                .eps = from.eps,
                .input = input.data(),
                .weight = weight.data_or_null(),
                .bias = bias.data_or_null(),
                .parameter_dtype = from.parameter_dtype(),
                .output = output.data(),
                .residual = residual.data_or_null(),
                .sum = sum.data_or_null(),
                .mean = from.kind == NormKind::kLayerNorm ? mean.data() : nullptr,
                .rstd = rstd.data()} {}
  NormForwardRun(const NormForwardRun&) = delete;
  NormForwardRun& operator=(const NormForwardRun&) = delete;

  Array input, residual, output, sum, weight, bias;
  Numbers mean, rstd;
  NormForwardProblem problem;
};

// mean and rstd as the reference gives them.
template <class T>
struct NormBackwardRun {
  using Numbers = std::vector<Number<T>>;

  explicit NormBackwardRun(const NormCase<T>& from, const Numbers& elsewhere = {})
      : grad_output(dtype_of<T>(), from.grad_output),
        input(dtype_of<T>(), from.input),
        grad_sum(dtype_of<T>(), elsewhere),
        weight(from.parameter_type, from.weight),
        grad_input(dtype_of<T>(), Numbers(from.input.size(), -7)),
        grad_weight(from.parameter_type, Numbers(from.channels, -7)),
        grad_bias(from.parameter_type, Numbers(from.channels, -7)),
        statistics(from),
        problem{.kind = from.kind,
                .dtype = dtype_of<T>(),
                .rows = from.rows,
                .channels = from.channels,
                .grad_output = grad_output.data(),
                .input = input.data(),
                .weight = weight.data_or_null(),
                .parameter_dtype = from.parameter_dtype(),
                .mean = from.kind == NormKind::kLayerNorm ? statistics.mean.data() : nullptr,
                .rstd = statistics.rstd.data(),
                .grad_input = grad_input.data(),
                .grad_weight = grad_weight.data(),
                .grad_bias = grad_bias.data(),
                .grad_sum = grad_sum.data_or_null()} {
    forward_reference(statistics.problem);
  }
  NormBackwardRun(const NormBackwardRun&) = delete;
  NormBackwardRun& operator=(const NormBackwardRun&) = delete;

  struct Results {
    Numbers input, weight, bias;
    bool operator==(const Results&) const = default;
  };
  Results results() const {
    using N = Number<T>;
    return {grad_input.template numbers<N>(), grad_weight.template numbers<N>(),
            grad_bias.template numbers<N>()};
  }

  Array grad_output, input, grad_sum, weight, grad_input, grad_weight, grad_bias;
  NormForwardRun<T> statistics;
  NormBackwardProblem problem;
};

struct ExactRow {
  long double mean = 0, rstd = 0;
};

// Two passes in long double.
template <class T>
ExactRow exact_statistics(const NormCase<T>& row) {
  ExactRow exact;
  const auto count = static_cast<long double>(row.channels);
  if (row.kind == NormKind::kLayerNorm) {
    for (const long double x : row.input) {
      exact.mean += x / count;
    }
  }
  long double variance = 0;
  for (const long double x : row.input) {
    variance += (x - exact.mean) * (x - exact.mean) / count;
  }
  exact.rstd = 1 / std::sqrt(variance + row.eps);
  return exact;
}

// Normal numbers shifted and scaled to that mean and standard deviation, then rounded to T.
template <class T>
std::vector<Number<T>> random_row(std::mt19937_64& random, int64_t channels, double mean,
                                  double deviation) {
  NormCase<double> raw{.rows = 1, .channels = channels, .eps = 0};
  raw.input = random_numbers<double>(random, channels, 0, 1);
  const ExactRow statistics = exact_statistics(raw);
  std::vector<Number<T>> row;
  for (const double number : raw.input) {
    const long double normal = channels > 1 ? (number - statistics.mean) * statistics.rstd : 0;
    row.push_back(rounded<T>(mean + deviation * normal));
  }
  return row;
}

// Rows with means of up to `offset` standard deviations. P: the type of the parameters.
template <class T, class P = Number<T>>
NormCase<T> random_norm_case(NormKind kind, int64_t rows, int64_t channels, bool weight, bool bias,
                             double offset = 2) {
  using N = Number<T>;
  std::mt19937_64 random(rows * 1000 + channels);
  NormCase<T> made{
      .kind = kind, .rows = rows, .channels = channels, .parameter_type = dtype_of<P>()};
  for (int64_t r = 0; r < rows; ++r) {
    const double deviation = std::exp2(r % 7 - 3);
    const auto row = random_row<T>(random, channels, offset * deviation * std::sin(r), deviation);
    made.input.insert(made.input.end(), row.begin(), row.end());
  }
  made.grad_output = random_numbers<T>(random, rows * channels, 0, 1);
  made.weight = random_numbers<P>(random, weight ? channels : 0, 1, N(0.5));
  made.bias = random_numbers<P>(random, bias ? channels : 0, 0, 1);
  return made;
}

// Calls visit(case) over kinds, shapes, present parameters and their types.
template <class T, class Visit>
void for_each_norm_case(Visit visit) {
  constexpr int64_t kShapes[][2] = {{9, 1}, {7, 2}, {5, 31}, {4, 64}, {3, 257}, {2, 1023}};
  for (const NormKind kind : {NormKind::kLayerNorm, NormKind::kRmsNorm}) {
    for (const auto& [rows, channels] : kShapes) {
      for (int present = 0; present < 4; ++present) {
        SCOPED_TRACE((kind == NormKind::kLayerNorm ? "layer norm rows " : "RMS norm rows ") +
                     std::to_string(rows) + " channels " + std::to_string(channels) + " present " +
                     std::to_string(present));
        visit(random_norm_case<T>(kind, rows, channels, present & 1, present & 2));
        if constexpr (!std::is_same_v<T, Number<T>>) {
          visit(random_norm_case<T, T>(kind, rows, channels, present & 1, present & 2));
        }
      }
    }
  }
}

}  // namespace dyt::kernels::test
