// One point-wise problem with its arrays, for tests: fill it, run one implementation, look at the
// result.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::test {

template <class T>
const T* pointer(const std::vector<T>& numbers) {
  return numbers.empty() ? nullptr : numbers.data();
}

template <class T>
struct Gradients {
  std::vector<T> input, weight, bias;
  T alpha, shift;
  bool operator==(const Gradients&) const = default;
};

template <class T>
struct PointwiseCase {
  static constexpr DType kDType = sizeof(T) == sizeof(float) ? DType::kFloat32 : DType::kFloat64;

  Function function = Function::kTanh;
  Shape shape;
  std::vector<T> input;
  T alpha = 1;
  std::optional<T> shift = {};
  std::vector<T> weight = {}, bias = {};  // empty: absent
  std::vector<T> grad_output = {};

  int64_t channel(size_t element) const {
    return static_cast<int64_t>(element) / shape.inner % shape.channels;
  }
  T argument(T x) const { return shift ? std::fma(alpha, x, *shift) : alpha * x; }
  T weight_at(size_t element) const { return weight.empty() ? 1 : weight[channel(element)]; }
  T bias_at(size_t element) const { return bias.empty() ? 0 : bias[channel(element)]; }
  Parameters parameters() const {
    return {&alpha, shift ? &*shift : nullptr, pointer(weight), pointer(bias)};
  }

  std::vector<T> forward(const Implementation<ForwardProblem>& implementation) const {
    std::vector<T> output(input.size());
    implementation.run({function, kDType, shape, input.data(), parameters(), output.data()}, {});
    return output;
  }

  BackwardProblem backward_problem(Gradients<T>& gradients) const {
    gradients = {.input = std::vector<T>(input.size()),
                 .weight = std::vector<T>(shape.channels),
                 .bias = std::vector<T>(shape.channels),
                 .alpha = -7,
                 .shift = -7};
    return {.function = function,
            .dtype = kDType,
            .shape = shape,
            .grad_output = grad_output.data(),
            .input = input.data(),
            .parameters = parameters(),
            .grad_input = gradients.input.data(),
            .grad_alpha = &gradients.alpha,
            .grad_shift = &gradients.shift,
            .grad_weight = gradients.weight.data(),
            .grad_bias = gradients.bias.data()};
  }

  Gradients<T> backward(const Implementation<BackwardProblem>& implementation) const {
    Gradients<T> gradients;
    implementation.run(backward_problem(gradients), {});
    return gradients;
  }
};

// f on each argument, alone: alpha 1, no other parameter.
template <class T>
PointwiseCase<T> plain_case(Function function, std::vector<T> arguments) {
  const auto count = static_cast<int64_t>(arguments.size());
  std::vector<T> ones(arguments.size(), 1);
  return {.function = function,
          .shape = {.outer = count, .channels = 1},
          .input = std::move(arguments),
          .grad_output = std::move(ones)};
}

// Numbers as in a network: inputs around 3 standard deviations, weights around 1.
template <class T>
PointwiseCase<T> random_case(Function function, Shape shape, bool shift, bool weight, bool bias) {
  std::mt19937_64 random(shape.outer * 1000 + shape.channels * 10 + shape.inner);
  std::normal_distribution<T> normal;
  const auto numbers = [&](int64_t count, T mean, T deviation) {
    std::vector<T> result(static_cast<size_t>(count));
    for (T& number : result) {
      number = mean + deviation * normal(random);
    }
    return result;
  };
  const int64_t count = shape.outer * shape.channels * shape.inner;
  PointwiseCase<T> made{.function = function, .shape = shape, .input = numbers(count, 0, 3)};
  made.alpha = T(0.7);
  made.grad_output = numbers(count, 0, 1);
  if (shift) {
    made.shift = T(-0.3);
  }
  made.weight = numbers(weight ? shape.channels : 0, 1, T(0.5));
  made.bias = numbers(bias ? shape.channels : 0, 0, 1);
  return made;
}

// Calls visit(PointwiseCase) over the grid of functions, shapes and present parameters.
template <class T, class Visit>
void for_each_random_case(Visit visit) {
  const Shape shapes[] = {
      {5, 1},     {5, 3},       {2, 7},    {4, 64}, {1, 1023},  // channels last
      {2, 3, 35}, {1, 7, 1023}, {3, 1, 1},                      // channels first
  };
  for (const FunctionRow& row : kFunctions) {
    for (const Shape& shape : shapes) {
      for (int present = 0; present < 8; ++present) {
        SCOPED_TRACE(std::string(row.name) + " outer " + std::to_string(shape.outer) +
                     " channels " + std::to_string(shape.channels) + " inner " +
                     std::to_string(shape.inner) + " present " + std::to_string(present));
        visit(row, random_case<T>(row.function, shape, present & 1, present & 2, present & 4));
      }
    }
  }
}

template <class Problem>
bool is_reference(const Implementation<Problem>& implementation) {
  return implementation.name == "reference";
}

}  // namespace dyt::kernels::test
