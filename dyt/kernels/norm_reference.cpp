// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "dyt/kernels/internal/reference_functions.h"
#include "dyt/kernels/internal/storage.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels {
namespace {

using internal::load;
using internal::rounded_to;
using internal::Wide;

template <class W>
struct Statistics {
  W mean = 0;
  W rstd = 0;
};

template <class W>
Statistics<W> statistics_of(const NormForwardProblem& problem, const std::vector<W>& x) {
  Statistics<W> row;
  W squares = 0;
  if (problem.kind == NormKind::kLayerNorm) {
    for (const W number : x) {
      row.mean += number;
    }
    row.mean /= W(x.size());
  }
  for (const W number : x) {
    squares += (number - row.mean) * (number - row.mean);
  }
  row.rstd = 1 / std::sqrt(squares / W(x.size()) + W(problem.eps));
  return row;
}

template <class T>
void forward_rows(const NormForwardProblem& problem) {
  using W = Wide<T>;
  using A = internal::Arithmetic<T>;
  const int64_t channels = problem.channels;
  const DType type = problem.parameter_dtype.value_or(problem.dtype);
  const auto weight = internal::load_all<W>(type, problem.weight, channels, 1);
  const auto bias = internal::load_all<W>(type, problem.bias, channels, W(-0.0));
  std::vector<W> x(channels);
  for (int64_t r = 0; r < problem.rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t n = r * channels + c;
      T number = static_cast<const T*>(problem.input)[n];
      if (problem.residual != nullptr) {
        number = rounded_to<T>(W(load(number)) + load(static_cast<const T*>(problem.residual)[n]));
        static_cast<T*>(problem.sum)[n] = number;
      }
      x[c] = load(number);
    }
    const Statistics<W> row = statistics_of(problem, x);
    for (int64_t c = 0; c < channels; ++c) {
      static_cast<T*>(problem.output)[r * channels + c] =
          rounded_to<T>((x[c] - row.mean) * row.rstd * weight[c] + bias[c]);
    }
    if (problem.mean != nullptr) {
      static_cast<A*>(problem.mean)[r] = static_cast<A>(row.mean);
    }
    if (problem.rstd != nullptr) {
      static_cast<A*>(problem.rstd)[r] = static_cast<A>(row.rstd);
    }
  }
}

// With h = g * weight and x^ the normalized row: grad = rstd * (h - mean(h) - x^ * mean(h * x^));
// for RMS without mean(h).
template <class T>
void backward_rows(const NormBackwardProblem& problem) {
  using W = Wide<T>;
  using A = internal::Arithmetic<T>;
  const int64_t channels = problem.channels;
  const DType type = problem.parameter_dtype.value_or(problem.dtype);
  const auto weight = internal::load_all<W>(type, problem.weight, channels, 1);
  std::vector<W> grad_weight(channels), grad_bias(channels), x(channels), h(channels);
  for (int64_t r = 0; r < problem.rows; ++r) {
    const W mean = problem.mean != nullptr ? static_cast<const A*>(problem.mean)[r] : W(0);
    const W rstd = static_cast<const A*>(problem.rstd)[r];
    W sum_h = 0, sum_hx = 0;
    for (int64_t c = 0; c < channels; ++c) {
      const W g = load(static_cast<const T*>(problem.grad_output)[r * channels + c]);
      x[c] = (load(static_cast<const T*>(problem.input)[r * channels + c]) - mean) * rstd;
      h[c] = g * weight[c];
      sum_h += problem.kind == NormKind::kLayerNorm ? h[c] : 0;
      sum_hx += h[c] * x[c];
      grad_weight[c] += g * x[c];
      grad_bias[c] += g;
    }
    for (int64_t c = 0; c < channels && problem.grad_input != nullptr; ++c) {
      const int64_t n = r * channels + c;
      const T* grad_sum = static_cast<const T*>(problem.grad_sum);
      const W elsewhere = grad_sum != nullptr ? W(load(grad_sum[n])) : W(-0.0);
      const W own = rstd * (h[c] - (sum_h + x[c] * sum_hx) / W(channels));
      static_cast<T*>(problem.grad_input)[n] = rounded_to<T>(own + elsewhere);
    }
  }
  internal::store_all(type, grad_weight.data(), channels, problem.grad_weight);
  internal::store_all(type, grad_bias.data(), channels, problem.grad_bias);
}

}  // namespace

void forward_reference(const NormForwardProblem& problem, const ParallelFor&) {
  internal::with_type(problem.dtype, [&](auto type) { forward_rows<decltype(type)>(problem); });
}

void backward_reference(const NormBackwardProblem& problem, const ParallelFor&) {
  internal::with_type(problem.dtype, [&](auto type) { backward_rows<decltype(type)>(problem); });
}

}  // namespace dyt::kernels
