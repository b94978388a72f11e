// Second derivatives of the point-wise operators against finite differences of the first.
#include <gtest/gtest.h>

#include "tests/ops/pointwise_expression.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

// A fixed combination of all first derivatives, as a function of every tensor and of grad_output.
at::Tensor combined_gradients(const at::Tensor& y, const at::Tensor& grad_output,
                              const std::vector<at::Tensor>& inputs) {
  const auto gradients = torch::autograd::grad({y}, inputs, {grad_output}, true, true);
  at::Tensor combined = torch::zeros({1}, torch::kDouble);
  double factor = 0.7;
  for (const at::Tensor& gradient : gradients) {
    const at::Tensor weights =
        torch::sin(torch::arange(gradient.numel(), torch::kDouble) * factor + factor);
    combined = combined + (gradient.reshape(-1) * weights).sum();
    factor += 0.3;
  }
  return combined;
}

at::Tensor grad_output_for(const at::Tensor& x) {
  return torch::cos(torch::arange(x.numel(), torch::kDouble) * 2.1).view_as(x);
}

TEST(PointwiseDoubleBackward, EqualsFiniteDifferences) {
  for (const std::string& function : kFunctionNames) {
    for (const int64_t channel_dim : {-1, 1}) {
      for (const int present : {0, 2, 7}) {
        SCOPED_TRACE(function + " present " + std::to_string(present));
        const PointwiseInputs in = make_inputs({2, 3, 4}, channel_dim, present, at::kDouble);
        std::vector<at::Tensor> tensors = leaves(in);
        tensors.push_back(grad_output_for(in.x));
        EXPECT_TRUE(test_support::gradients_match(
            [&](const auto& moved) {
              const torch::AutoGradMode with_graph(true);  // finite differences switch it off
              const std::vector<at::Tensor> inputs(moved.begin(), moved.end() - 1);
              const at::Tensor y = operator_output(with_tensors(in, inputs), function);
              at::Tensor used = torch::zeros({1}, torch::kDouble);
              for (const at::Tensor& tensor : moved) {
                used = used + 0 * tensor.sum();
              }
              return combined_gradients(y, moved.back(), inputs) + used;
            },
            tensors, {.tolerance = 1e-6}));
      }
    }
  }
}

TEST(PointwiseDoubleBackward, OfTheResidualForm) {
  const PointwiseInputs in = make_inputs({2, 3, 4}, -1, 7, at::kDouble);
  std::vector<at::Tensor> tensors = leaves(in);
  tensors.push_back(torch::sin(torch::arange(24, torch::kDouble)).view({2, 3, 4}));
  EXPECT_TRUE(test_support::gradients_match(
      [&](const auto& moved) {
        const torch::AutoGradMode with_graph(true);
        const auto [y, sum] = add_output(with_tensors(in, moved), moved.back(), "tanh");
        const at::Tensor both = y * y + sum * sum * sum;
        return combined_gradients(both, torch::ones_like(both), moved);
      },
      tensors, {.tolerance = 1e-6}));
}

}  // namespace
}  // namespace dyt::ops::test
