// SPDX-License-Identifier: Apache-2.0
// Gradients against central finite differences in float64: one helper for operators, layers and
// models.
//
//   EXPECT_TRUE(gradients_match([&](const auto& in) { return at::tanh(in[0]); }, {x}));
//
// function maps the inputs to one tensor (any shape); inputs are float64. Every element of every
// input is moved by +-step. Keep inputs 1e-3 away from kinks.
#pragma once

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <functional>
#include <vector>

namespace dyt::test_support {

struct GradcheckOptions {
  double step = 1e-5;
  // Of each input's gradient, relative to its largest magnitude (at least 1).
  double tolerance = 1e-8;
};

using TensorFunction = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

// d(loss)/d(input) by central differences; input is left as it was.
inline at::Tensor finite_differences(const std::function<double()>& loss, const at::Tensor& input,
                                     double step) {
  at::Tensor gradient = torch::zeros(input.sizes(), input.options().requires_grad(false));
  at::Tensor gradient_elements = gradient.view(-1);
  const torch::NoGradGuard no_grad;
  for (int64_t n = 0; n < input.numel(); ++n) {
    // A view of one element, so that inputs of any strides can be moved in place.
    at::Tensor element = input.detach();
    int64_t rest = n;
    for (int64_t dim = input.dim() - 1; dim >= 0; --dim) {
      element = element.select(dim, rest % input.size(dim));
      rest /= input.size(dim);
    }
    const double value = element.item<double>();
    element.fill_(value + step);
    const double above = loss();
    element.fill_(value - step);
    const double below = loss();
    element.fill_(value);
    gradient_elements[n] = (above - below) / (2 * step);
  }
  return gradient;
}

inline ::testing::AssertionResult gradients_match(const TensorFunction& function,
                                                  const std::vector<at::Tensor>& given,
                                                  const GradcheckOptions& options = {}) {
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& input : given) {
    // clone() keeps the strides of dense tensors: a transposed input stays transposed.
    inputs.push_back(input.detach().to(torch::kDouble).clone().set_requires_grad(true));
  }
  const at::Tensor output = function(inputs);
  // Fixed weights of the outputs, no two alike: loss = sum(weights * output).
  const at::Tensor weights =
      torch::cos(torch::arange(output.numel(), torch::kDouble) * 1.7 + 0.3).view(output.sizes());
  const auto loss = [&] { return (function(inputs) * weights).sum().item<double>(); };
  const auto gradients = torch::autograd::grad({(output * weights).sum()}, inputs);
  for (size_t n = 0; n < inputs.size(); ++n) {
    const at::Tensor expected = finite_differences(loss, inputs[n], options.step);
    const double scale = expected.numel() > 0 ? expected.abs().max().item<double>() : 0;
    const at::Tensor error = (gradients[n] - expected).abs();
    const double worst = error.numel() > 0 ? error.max().item<double>() : 0;
    if (gradients[n].sizes() != inputs[n].sizes() ||
        !(worst <= options.tolerance * std::max(scale, 1.0))) {
      return ::testing::AssertionFailure() << "input " << n << ": error " << worst
                                           << ", largest gradient " << scale << "\nautograd\n"
                                           << gradients[n] << "\nfinite differences\n"
                                           << expected;
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace dyt::test_support
