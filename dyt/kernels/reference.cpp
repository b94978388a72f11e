// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/reference.h"

#include <vector>

#include "dyt/kernels/internal/reference_functions.h"
#include "dyt/kernels/internal/storage.h"

namespace dyt::kernels {
namespace {

using internal::load;
using internal::rounded_to;
using internal::Wide;

// Parameters of a problem as wide numbers.
template <class T>
struct Loaded {
  using W = Wide<T>;

  template <class Problem>
  explicit Loaded(const Problem& problem)
      : alpha(one(problem, problem.parameters.alpha)),
        shift(one(problem, problem.parameters.shift)),
        has_shift(problem.parameters.shift != nullptr),
        weight(internal::load_all<W>(parameter_type(problem), problem.parameters.weight,
                                     problem.shape.channels, 1)),
        // Adding -0 changes no number, -0 included: it stands for no bias.
        bias(internal::load_all<W>(parameter_type(problem), problem.parameters.bias,
                                   problem.shape.channels, W(-0.0))) {}

  W argument(T x) const {
    using A = internal::Arithmetic<T>;
    const A a = static_cast<A>(alpha);
    return has_shift ? std::fma(a, A(load(x)), static_cast<A>(shift)) : a * A(load(x));
  }

  const W alpha, shift;
  const bool has_shift;
  const std::vector<W> weight, bias;

 private:
  template <class Problem>
  static W one(const Problem& problem, const void* number) {
    return internal::load_all<W>(parameter_type(problem), number, 1, 0)[0];
  }
};

template <class T>
void forward_elements(const ForwardProblem& problem) {
  const Loaded<T> parameters(problem);
  const auto& function = internal::reference_function<Wide<T>>(problem.function);
  const T* input = static_cast<const T*>(problem.input);
  const T* residual = static_cast<const T*>(problem.residual);
  T* output = static_cast<T*>(problem.output);
  for (int64_t n = 0; n < problem.shape.count(); ++n) {
    const int64_t c = n / problem.shape.inner % problem.shape.channels;
    T x = input[n];
    if (residual != nullptr) {
      x = rounded_to<T>(Wide<T>(load(x)) + load(residual[n]));
      static_cast<T*>(problem.sum)[n] = x;
    }
    const Wide<T> t = function.value(parameters.argument(x));
    output[n] = rounded_to<T>(parameters.weight[c] * t + parameters.bias[c]);
  }
}

template <class T>
void backward_elements(const BackwardProblem& problem) {
  using W = Wide<T>;
  const Loaded<T> parameters(problem);
  const auto& function = internal::reference_function<W>(problem.function);
  const T* grad_output = static_cast<const T*>(problem.grad_output);
  const T* grad_sum = static_cast<const T*>(problem.grad_sum);
  const T* input = static_cast<const T*>(problem.input);
  T* grad_input = static_cast<T*>(problem.grad_input);
  W alpha = 0, shift = 0;
  std::vector<W> weight(problem.shape.channels), bias(problem.shape.channels);
  for (int64_t n = 0; n < problem.shape.count(); ++n) {
    const int64_t c = n / problem.shape.inner % problem.shape.channels;
    const W g = load(grad_output[n]);
    const internal::Point<W> f = function.point(parameters.argument(input[n]));
    const W k = g * parameters.weight[c] * f.slope;
    alpha += k * load(input[n]);
    shift += k;
    weight[c] += g * f.value;
    bias[c] += g;
    if (grad_input != nullptr) {
      const W elsewhere = grad_sum != nullptr ? W(load(grad_sum[n])) : W(-0.0);
      grad_input[n] = rounded_to<T>(parameters.alpha * k + elsewhere);
    }
  }
  const DType type = parameter_type(problem);
  internal::store_all(type, &alpha, 1, problem.grad_alpha);
  internal::store_all(type, &shift, 1, problem.grad_shift);
  internal::store_all(type, weight.data(), problem.shape.channels, problem.grad_weight);
  internal::store_all(type, bias.data(), problem.shape.channels, problem.grad_bias);
}

}  // namespace

void forward_reference(const ForwardProblem& problem, const ParallelFor&) {
  internal::with_type(problem.dtype, [&](auto type) { forward_elements<decltype(type)>(problem); });
}

void backward_reference(const BackwardProblem& problem, const ParallelFor&) {
  internal::with_type(problem.dtype,
                      [&](auto type) { backward_elements<decltype(type)>(problem); });
}

void curvature_reference(Function function, DType dtype, int64_t count, const void* u,
                         void* curvature) {
  internal::with_type(dtype, [&](auto type) {
    using T = decltype(type);
    const auto& row = internal::reference_function<Wide<T>>(function);
    for (int64_t n = 0; n < count; ++n) {
      static_cast<T*>(curvature)[n] =
          rounded_to<T>(row.curvature(load(static_cast<const T*>(u)[n])));
    }
  });
}

}  // namespace dyt::kernels
