// SPDX-License-Identifier: Apache-2.0
// One point-wise problem with its arrays, for tests: fill it, run one implementation, look at the
// result.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "dyt/kernels/pointwise.h"
#include "tests/kernels/bounds.h"

namespace dyt::kernels::test {

// Numbers as they lie in memory.
struct Array {
  DType dtype;
  std::vector<std::byte> bytes;

  template <class N>
  Array(DType type, const std::vector<N>& numbers)
      : dtype(type), bytes(numbers.size() * size_of(type)) {
    internal::store_all(type, numbers.data(), static_cast<int64_t>(numbers.size()), bytes.data());
  }

  void* data() { return bytes.data(); }
  void* data_or_null() { return bytes.empty() ? nullptr : bytes.data(); }

  template <class N>
  std::vector<N> numbers() const {
    const auto count = static_cast<int64_t>(bytes.size()) / size_of(dtype);
    return internal::load_all<N>(dtype, bytes.data(), count, 0);
  }
};

template <class T>
struct Gradients {
  std::vector<Number<T>> input, weight, bias;
  Number<T> alpha, shift;
  bool operator==(const Gradients&) const = default;
};

// Numbers of input and grad_output are numbers of T, those of parameters of parameter_type.
template <class T>
struct PointwiseCase {
  using N = Number<T>;

  Function function = Function::kTanh;
  Shape shape;
  std::vector<N> input;
  N alpha = 1;
  std::optional<N> shift = {};
  std::vector<N> weight = {}, bias = {};  // empty: absent
  std::vector<N> grad_output = {};
  DType parameter_type = dtype_of<N>();

  int64_t channel(size_t element) const {
    return static_cast<int64_t>(element) / shape.inner % shape.channels;
  }
  N argument(N x) const { return shift ? std::fma(alpha, x, *shift) : alpha * x; }
  N weight_at(size_t element) const { return weight.empty() ? 1 : weight[channel(element)]; }
  N bias_at(size_t element) const { return bias.empty() ? 0 : bias[channel(element)]; }

  std::vector<N> forward(const Implementation<ForwardProblem>& implementation,
                         bool exact = false) const;
  Gradients<T> backward(const Implementation<BackwardProblem>& implementation,
                        bool exact = false) const;
};

template <class T>
struct ParameterArrays {
  explicit ParameterArrays(const PointwiseCase<T>& from)
      : alpha(from.parameter_type, std::vector{from.alpha}),
        shift(from.parameter_type,
              from.shift ? std::vector{*from.shift} : std::vector<Number<T>>{}),
        weight(from.parameter_type, from.weight),
        bias(from.parameter_type, from.bias) {}

  Parameters pointers() {
    const bool own = alpha.dtype != dtype_of<T>();
    return {alpha.data(), shift.data_or_null(), weight.data_or_null(), bias.data_or_null(),
            own ? std::optional(alpha.dtype) : std::nullopt};
  }
  Array alpha, shift, weight, bias;
};

// A problem and its memory; a test may change the problem before it runs.
template <class T>
struct ForwardRun {
  using Numbers = std::vector<Number<T>>;

  explicit ForwardRun(const PointwiseCase<T>& from, bool exact = false, const Numbers& added = {})
      : parameters(from),
        input(dtype_of<T>(), from.input),
        residual(dtype_of<T>(), added),
        output(dtype_of<T>(), Numbers(from.input.size(), -7)),
        sum(dtype_of<T>(), Numbers(added.size(), -7)),
        problem{.function = from.function,
                .dtype = dtype_of<T>(),
                .shape = from.shape,
                .input = input.data(),
                .parameters = parameters.pointers(),
                .output = output.data(),
                .residual = residual.data_or_null(),
                .sum = sum.data_or_null(),
                .exact = exact} {}
  ForwardRun(const ForwardRun&) = delete;
  ForwardRun& operator=(const ForwardRun&) = delete;

  ParameterArrays<T> parameters;
  Array input, residual, output, sum;
  ForwardProblem problem;
};

template <class T>
struct BackwardRun {
  using Numbers = std::vector<Number<T>>;

  explicit BackwardRun(const PointwiseCase<T>& from, bool exact = false,
                       const Numbers& elsewhere = {})
      : parameters(from),
        grad_output(dtype_of<T>(), from.grad_output),
        input(dtype_of<T>(), from.input),
        grad_sum(dtype_of<T>(), elsewhere),
        grad_input(dtype_of<T>(), Numbers(from.input.size(), -7)),
        grad_alpha(from.parameter_type, Numbers{-7}),
        grad_shift(from.parameter_type, Numbers{-7}),
        grad_weight(from.parameter_type, Numbers(from.shape.channels, -7)),
        grad_bias(from.parameter_type, Numbers(from.shape.channels, -7)),
        problem{.function = from.function,
                .dtype = dtype_of<T>(),
                .shape = from.shape,
                .grad_output = grad_output.data(),
                .input = input.data(),
                .parameters = parameters.pointers(),
                .grad_input = grad_input.data(),
                .grad_alpha = grad_alpha.data(),
                .grad_shift = grad_shift.data(),
                .grad_weight = grad_weight.data(),
                .grad_bias = grad_bias.data(),
                .grad_sum = grad_sum.data_or_null(),
                .exact = exact} {}
  BackwardRun(const BackwardRun&) = delete;
  BackwardRun& operator=(const BackwardRun&) = delete;

  Gradients<T> gradients() const {
    using N = Number<T>;
    return {.input = grad_input.numbers<N>(),
            .weight = grad_weight.numbers<N>(),
            .bias = grad_bias.numbers<N>(),
            .alpha = grad_alpha.numbers<N>()[0],
            .shift = grad_shift.numbers<N>()[0]};
  }

  ParameterArrays<T> parameters;
  Array grad_output, input, grad_sum, grad_input, grad_alpha, grad_shift, grad_weight, grad_bias;
  BackwardProblem problem;
};

template <class T>
std::vector<Number<T>> PointwiseCase<T>::forward(
    const Implementation<ForwardProblem>& implementation, bool exact) const {
  ForwardRun<T> run(*this, exact);
  implementation.run(run.problem, {});
  return run.output.template numbers<N>();
}

template <class T>
Gradients<T> PointwiseCase<T>::backward(const Implementation<BackwardProblem>& implementation,
                                        bool exact) const {
  BackwardRun<T> run(*this, exact);
  implementation.run(run.problem, {});
  return run.gradients();
}

// The implementations that take the problem, the reference among them.
template <class T>
std::vector<Implementation<ForwardProblem>> forward_for(const PointwiseCase<T>& problem,
                                                        bool exact = false) {
  return accepting(forward_implementations(), ForwardRun<T>(problem, exact).problem);
}

template <class T>
std::vector<Implementation<BackwardProblem>> backward_for(const PointwiseCase<T>& problem,
                                                          bool exact = false) {
  return accepting(backward_implementations(), BackwardRun<T>(problem, exact).problem);
}

// f on each argument, alone: alpha 1, no other parameter. One row, as wide as there are arguments.
template <class T>
PointwiseCase<T> plain_case(Function function, std::vector<Number<T>> arguments) {
  const auto count = static_cast<int64_t>(arguments.size());
  std::vector<Number<T>> ones(arguments.size(), 1);
  return {.function = function,
          .shape = {.outer = 1, .channels = count},
          .input = std::move(arguments),
          .grad_output = std::move(ones)};
}

// Numbers of T around mean.
template <class T>
std::vector<Number<T>> random_numbers(std::mt19937_64& random, int64_t count, Number<T> mean,
                                      Number<T> deviation) {
  std::normal_distribution<Number<T>> normal;
  std::vector<Number<T>> numbers(static_cast<size_t>(count));
  for (Number<T>& number : numbers) {
    number = rounded<T>(mean + deviation * normal(random));
  }
  return numbers;
}

// Numbers as in a network: inputs around 3 standard deviations, weights around 1. P: the type of
// the parameters.
template <class T, class P = Number<T>>
PointwiseCase<T> random_case(Function function, Shape shape, bool shift, bool weight, bool bias) {
  std::mt19937_64 random(shape.outer * 1000 + shape.channels * 10 + shape.inner);
  PointwiseCase<T> made{.function = function,
                        .shape = shape,
                        .input = random_numbers<T>(random, shape.count(), 0, 3),
                        .parameter_type = dtype_of<P>()};
  made.alpha = rounded<P>(Number<T>(0.7));
  made.grad_output = random_numbers<T>(random, shape.count(), 0, 1);
  if (shift) {
    made.shift = rounded<P>(Number<T>(-0.3));
  }
  made.weight = random_numbers<P>(random, weight ? shape.channels : 0, 1, Number<T>(0.5));
  made.bias = random_numbers<P>(random, bias ? shape.channels : 0, 0, 1);
  return made;
}

// Calls visit(row, case) over the grid of functions, shapes, present parameters and their types.
template <class T, class Visit>
void for_each_random_case(Visit visit) {
  const Shape shapes[] = {
      {5, 1},     {5, 3},       {2, 7},    {4, 64}, {1, 1023},  // channels last
      {2, 3, 35}, {1, 2, 1023}, {3, 1, 1},                      // channels first
  };
  for (const FunctionRow& row : kFunctions) {
    for (const Shape& shape : shapes) {
      for (int present = 0; present < 8; ++present) {
        SCOPED_TRACE(std::string(row.name) + " outer " + std::to_string(shape.outer) +
                     " channels " + std::to_string(shape.channels) + " inner " +
                     std::to_string(shape.inner) + " present " + std::to_string(present));
        visit(row, random_case<T>(row.function, shape, present & 1, present & 2, present & 4));
        if constexpr (!std::is_same_v<T, Number<T>>) {
          visit(row, random_case<T, T>(row.function, shape, present & 1, present & 2, present & 4));
        }
      }
    }
  }
}

// Runs the pieces of a problem in an order of its own: from the last to the first.
inline ParallelFor backwards_order() {
  return {.run = [](void*, int64_t count, ParallelFor::Task task, void* data) {
    for (int64_t i = count; i-- > 0;) {
      task(data, i);
    }
  }};
}

template <class T>
class ForEachType : public ::testing::Test {};
using AllTypes = ::testing::Types<float, double, BFloat16, Float16>;

}  // namespace dyt::kernels::test
