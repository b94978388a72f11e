// SPDX-License-Identifier: Apache-2.0
// dyt::pointwise_add against the two steps it joins.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "tests/ops/pointwise_expression.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kAddTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

void expect_two_steps(PointwiseInputs in, const std::string& function) {
  const at::Tensor residual = residual_like(in.x);
  const auto [y, sum] = add_output(in, residual, function);
  in.x = in.x + residual;
  EXPECT_TRUE(torch::equal(sum, in.x));
  EXPECT_TRUE(torch::equal(y, operator_output(in, function)));
}

TEST(PointwiseAdd, EqualsTheTwoStepsBitForBit) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : kAddTypes) {
      for (const int64_t channel_dim : {-1, 1}) {
        for (int present = 0; present < 8; ++present) {
          SCOPED_TRACE(function + " " + c10::toString(type) + " present " +
                       std::to_string(present));
          expect_two_steps(make_inputs({3, 5, 70}, channel_dim, present, type), function);
        }
      }
    }
  }
}

TEST(PointwiseAdd, EmptyAndNonContiguousTensors) {
  expect_two_steps(make_inputs({0, 4}, -1, 7, at::kFloat), "tanh");
  expect_two_steps(make_inputs({2, 0, 4}, 1, 7, at::kFloat), "erf");
  PointwiseInputs in = make_inputs({6, 5}, -1, 3, at::kFloat);
  const at::Tensor residual = residual_like(in.x.t()).t();
  const auto [y, sum] = add_output(in, residual, "tanh");
  EXPECT_TRUE(y.is_contiguous());
  EXPECT_TRUE(sum.is_contiguous());
  in.x = in.x + residual;
  EXPECT_TRUE(torch::equal(sum, in.x));
  EXPECT_TRUE(torch::equal(y, operator_output(in, "tanh")));
}

// Adds 0 times every tensor, or autograd would complain of an unused one.
at::Tensor with_sum_and_output_used(at::Tensor output, const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    output = output + 0 * tensor.sum();
  }
  return output;
}

// used: bit 0 y, bit 1 the sum.
at::Tensor used_output(const PointwiseInputs& in, const at::Tensor& residual,
                       const std::string& function, int used) {
  const auto [y, sum] = add_output(in, residual, function);
  return used == 1 ? y : used == 2 ? sum * 0.3 : y * sum;
}

TEST(PointwiseAdd, GradientsEqualFiniteDifferences) {
  for (const int64_t channel_dim : {-1, 1}) {
    for (int present = 0; present < 8; ++present) {
      for (const int used : {1, 2, 3}) {
        SCOPED_TRACE("present " + std::to_string(present) + " used " + std::to_string(used));
        const PointwiseInputs in = make_inputs({2, 3, 4}, channel_dim, present, at::kDouble);
        std::vector<at::Tensor> tensors = leaves(in);
        tensors.push_back(residual_like(in.x));
        EXPECT_TRUE(test_support::gradients_match(
            [&](const auto& moved) {
              return with_sum_and_output_used(
                  used_output(with_tensors(in, moved), moved.back(), "tanh", used), moved);
            },
            tensors));
      }
    }
  }
}

TEST(PointwiseAdd, GradientsOfEveryFunction) {
  for (const std::string& function : kFunctionNames) {
    const PointwiseInputs in = make_inputs({2, 5}, -1, 7, at::kDouble);
    std::vector<at::Tensor> tensors = leaves(in);
    tensors.push_back(residual_like(in.x));
    PointwiseInputs added = in;
    added.x = in.x + tensors.back();
    ASSERT_TRUE(differentiable(added, function)) << function;
    EXPECT_TRUE(test_support::gradients_match(
        [&](const auto& moved) {
          return used_output(with_tensors(in, moved), moved.back(), function, 3);
        },
        tensors, {.tolerance = 1e-6}))
        << function;
  }
}

// Every subset of x, alpha, shift, weight, bias, residual asked for: the others change nothing.
TEST(PointwiseAdd, AnySubsetOfGradients) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  std::vector<at::Tensor> tensors = leaves(in);
  tensors.push_back(residual_like(in.x));
  const auto gradients_for = [&](unsigned subset) {
    std::vector<at::Tensor> inputs, wanted;
    for (const at::Tensor& tensor : tensors) {
      const bool asked = subset >> inputs.size() & 1;
      inputs.push_back(tensor.detach().clone().set_requires_grad(asked));
      if (asked) {
        wanted.push_back(inputs.back());
      }
    }
    const at::Tensor output = used_output(with_tensors(in, inputs), inputs.back(), "erf", 3);
    return torch::autograd::grad({output.sum()}, wanted);
  };
  const auto all = gradients_for(63);
  for (unsigned subset = 1; subset < 63; ++subset) {
    const auto some = gradients_for(subset);
    size_t next = 0;
    for (size_t n = 0; n < all.size(); ++n) {
      if (subset >> n & 1) {
        EXPECT_TRUE(torch::equal(some[next++], all[n])) << "subset " << subset << " input " << n;
      }
    }
  }
}

TEST(PointwiseAdd, OneTensorAsBothAddends) {
  for (const int used : {1, 2, 3}) {
    PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
    EXPECT_TRUE(test_support::gradients_match(
        [&](const auto& moved) {
          in.x = moved[0];
          return used_output(in, moved[0], "erf", used);
        },
        {in.x}))
        << used;
  }
}

TEST(PointwiseAdd, OnlyOneAddendWantsAGradient) {
  for (const bool is_residual : {false, true}) {
    PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kDouble);
    const at::Tensor residual = residual_like(in.x);
    const at::Tensor u = in.alpha * (in.x + residual);
    const at::Tensor wanted = (is_residual ? residual : in.x).set_requires_grad(true);
    const auto [y, sum] = add_output(in, residual, "tanh");
    const at::Tensor gradient = torch::autograd::grad({y.sum()}, {wanted})[0];
    EXPECT_TRUE(torch::allclose(gradient, in.alpha * (1 - torch::tanh(u).square())));
  }
}

// Backward reads the sum that forward returned: whoever overwrites it has to hear of it.
TEST(PointwiseAdd, SumOverwrittenBeforeBackwardIsAnError) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  in.x.set_requires_grad(true);
  const auto [y, sum] = add_output(in, residual_like(in.x.detach()), "tanh");
  {
    const torch::NoGradGuard no_grad;
    at::Tensor(sum).add_(1);
  }
  EXPECT_THROW(y.sum().backward(), c10::Error);
}

TEST(PointwiseAdd, ResidualOfAnotherShapeIsAnError) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  EXPECT_THROW(add_output(in, torch::zeros({4}), "tanh"), core::Error);
  EXPECT_THROW(add_output(in, torch::zeros({3, 4}, at::kDouble), "tanh"), core::Error);
}

TEST(PointwiseAdd, MetaGivesShapesAndTypes) {
  const PointwiseInputs in = make_inputs({2, 3, 5}, 1, 7, at::kBFloat16);
  std::vector<at::Tensor> inputs;
  for (const at::Tensor& tensor : leaves(in)) {
    inputs.push_back(tensor.to(at::kMeta));
  }
  const auto [y, sum] = add_output(with_tensors(in, inputs), inputs[0], "tanh");
  for (const at::Tensor& found : {y, sum}) {
    EXPECT_TRUE(found.is_meta());
    EXPECT_EQ(found.sizes(), in.x.sizes());
    EXPECT_EQ(found.scalar_type(), at::kBFloat16);
  }
}

}  // namespace
}  // namespace dyt::ops::test
