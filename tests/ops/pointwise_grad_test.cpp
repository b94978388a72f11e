// SPDX-License-Identifier: Apache-2.0
// Gradients of dyt::pointwise: finite differences, LibTorch's own gradients, wiring of autograd.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "dyt/ops/pointwise.h"
#include "tests/ops/pointwise_expression.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

TEST(PointwiseGrad, EqualsFiniteDifferences) {
  for (const std::string& function : kFunctionNames) {
    for (const int64_t channel_dim : {-1, 1}) {
      for (int present = 0; present < 8; ++present) {
        SCOPED_TRACE(function + " present " + std::to_string(present));
        const PointwiseInputs in = make_inputs({2, 3, 5}, channel_dim, present, at::kDouble);
        ASSERT_TRUE(differentiable(in, function));
        // Where f' is infinite at 0, higher derivatives near it are large.
        const bool steep = function_row(function).max_slope == kernels::kUnbounded;
        EXPECT_TRUE(test_support::gradients_match(
            [&](const auto& tensors) {
              return operator_output(with_tensors(in, tensors), function);
            },
            leaves(in), {.tolerance = steep ? 1e-6 : 1e-8}));
      }
    }
  }
}

TEST(Gradcheck, SeesAWrongGradient) {
  const at::Tensor x = torch::linspace(0.5, 2, 6, torch::kDouble).view({2, 3});
  EXPECT_TRUE(test_support::gradients_match([](const auto& in) { return in[0] * in[0]; }, {x}));
  EXPECT_FALSE(
      test_support::gradients_match([](const auto& in) { return in[0] * in[0].detach(); }, {x}));
}

TEST(PointwiseGrad, NonContiguousInput) {
  PointwiseInputs in = make_inputs({4, 3}, -1, 7, at::kDouble);
  in.x = in.x.reshape({3, 4}).t();
  ASSERT_FALSE(in.x.is_contiguous());
  EXPECT_TRUE(test_support::gradients_match(
      [&](const auto& tensors) { return operator_output(with_tensors(in, tensors), "tanh"); },
      leaves(in)));
}

std::vector<at::Tensor> gradients_of(const at::Tensor& y, const std::vector<at::Tensor>& inputs) {
  const at::Tensor weights = torch::cos(torch::arange(y.numel(), y.options()) * 1.7).view_as(y);
  return torch::autograd::grad({(y * weights).sum()}, inputs);
}

TEST(PointwiseGrad, EqualsThePlainExpressionsInFp32) {
  for (const std::string& function : kFunctionNames) {
    const PointwiseInputs in = make_inputs({34, 16, 64}, -1, 7, at::kFloat);
    const std::vector<at::Tensor> inputs = leaves(in);
    for (at::Tensor input : inputs) {
      input.set_requires_grad(true);
    }
    const auto found = gradients_of(operator_output(in, function), inputs);
    const auto expected = gradients_of(pointwise_expression(in, function), inputs);
    for (size_t n = 0; n < inputs.size(); ++n) {
      EXPECT_EQ(found[n].sizes(), inputs[n].sizes());
      // LibTorch's own sums are in fp32: theirs is the larger error.
      const double scale = std::max(1.0, expected[n].abs().max().item<double>());
      EXPECT_LE((found[n] - expected[n]).abs().max().item<double>(), 1e-4 * scale)
          << function << " input " << n;
    }
  }
}

// Every subset of x, alpha, shift, weight, bias asked for: the others change nothing.
TEST(PointwiseGrad, AnySubsetOfGradients) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  const auto gradients_for = [&](int subset) {
    std::vector<at::Tensor> inputs, wanted;
    for (const at::Tensor& tensor : leaves(in)) {
      const bool asked = subset >> inputs.size() & 1;
      inputs.push_back(tensor.detach().clone().set_requires_grad(asked));
      if (asked) {
        wanted.push_back(inputs.back());
      }
    }
    return gradients_of(operator_output(with_tensors(in, inputs), "erf"), wanted);
  };
  const auto all = gradients_for(31);
  for (int subset = 1; subset < 31; ++subset) {
    const auto some = gradients_for(subset);
    size_t next = 0;
    for (size_t n = 0; n < all.size(); ++n) {
      if (subset >> n & 1) {
        EXPECT_TRUE(torch::equal(some[next++], all[n])) << "subset " << subset << " input " << n;
      }
    }
  }
}

TEST(PointwiseGrad, EmptyInputHasZeroParameterGradients) {
  const PointwiseInputs in = make_inputs({0, 4}, -1, 7, at::kFloat);
  const std::vector<at::Tensor> inputs = leaves(in);
  for (at::Tensor input : inputs) {
    input.set_requires_grad(true);
  }
  const auto found = torch::autograd::grad({operator_output(in, "tanh").sum()}, inputs);
  for (size_t n = 0; n < inputs.size(); ++n) {
    EXPECT_TRUE(torch::equal(found[n], torch::zeros_like(inputs[n])));
  }
}

TEST(PointwiseGrad, NoGraphWithoutGradients) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  EXPECT_FALSE(operator_output(in, "tanh").requires_grad());
  in.weight->set_requires_grad(true);
  EXPECT_TRUE(operator_output(in, "tanh").requires_grad());
  const torch::NoGradGuard no_grad;
  EXPECT_FALSE(operator_output(in, "tanh").requires_grad());
}

TEST(PointwiseGrad, MetaBackwardGivesShapes) {
  const PointwiseInputs in = make_inputs({2, 3, 5}, 1, 7, at::kFloat);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& tensor : leaves(in)) {
    inputs.push_back(tensor.to(at::kMeta).set_requires_grad(true));
  }
  const at::Tensor y = operator_output(with_tensors(in, inputs), "tanh");
  const auto found = torch::autograd::grad({y}, inputs, {torch::empty_like(y)});
  for (size_t n = 0; n < inputs.size(); ++n) {
    EXPECT_TRUE(found[n].is_meta());
    EXPECT_EQ(found[n].sizes(), inputs[n].sizes());
  }
}

TEST(PointwiseGrad, SecondDerivativeWorksThirdRefuses) {
  for (const int present : {0, 7}) {
    PointwiseInputs in = make_inputs({3, 4}, -1, present, at::kDouble);
    in.x.set_requires_grad(true);
    const at::Tensor y = operator_output(in, "tanh");
    const at::Tensor gradient = torch::autograd::grad({y.sum()}, {in.x}, {}, std::nullopt, true)[0];
    const PointwiseInputs plain = in;
    EXPECT_TRUE(torch::allclose(
        gradient, torch::autograd::grad({pointwise_expression(in, "tanh").sum()}, {in.x})[0]));
    EXPECT_NO_THROW(torch::autograd::grad({gradient.sum()}, {in.x}, {}, true));
    try {
      torch::autograd::grad({gradient.sum()}, {in.x}, {}, std::nullopt, true);
      FAIL() << "the third derivative did not refuse";
    } catch (const std::exception& error) {
      EXPECT_NE(std::string(error.what()).find("no third derivative"), std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace dyt::ops::test
