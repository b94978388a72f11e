// dyt::pointwise_add against the two steps it joins, and the forms that write into given tensors.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "tests/ops/pointwise_expression.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

at::Tensor residual_like(const at::Tensor& x) {
  return torch::cos(torch::arange(x.numel(), torch::kDouble) * 3.3).to(x.scalar_type()).view_as(x);
}

TEST(PointwiseAdd, EqualsTheTwoStepsBitForBit) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : kTypes) {
      for (const int64_t channel_dim : {-1, 1}) {
        SCOPED_TRACE(function + " " + c10::toString(type));
        PointwiseInputs in = make_inputs({3, 5, 70}, channel_dim, 7, type);
        const at::Tensor residual = residual_like(in.x);
        const auto [y, sum] = add_output(in, residual, function);
        in.x = in.x + residual;
        EXPECT_TRUE(torch::equal(sum, in.x));
        EXPECT_TRUE(torch::equal(y, operator_output(in, function)));
      }
    }
  }
}

// Gradients through y only, the sum only, and both.
TEST(PointwiseAdd, GradientsEqualFiniteDifferences) {
  for (int present = 0; present < 8; present += 7) {
    for (const int used : {1, 2, 3}) {
      SCOPED_TRACE(used);
      const PointwiseInputs in = make_inputs({2, 3, 5}, 1, present, at::kDouble);
      std::vector<at::Tensor> tensors = leaves(in);
      tensors.push_back(residual_like(in.x));
      EXPECT_TRUE(test_support::gradients_match(
          [&](const auto& moved) {
            const auto [y, sum] = add_output(with_tensors(in, moved), moved.back(), "tanh");
            // Every input has its part, or autograd would complain of an unused one.
            at::Tensor unused = torch::zeros({1}, torch::kDouble);
            for (const at::Tensor& tensor : moved) {
              unused = unused + 0 * tensor.sum();
            }
            return (used & 1 ? y : torch::zeros_like(y)) + (used & 2 ? sum * 0.3 : unused) + unused;
          },
          tensors));
    }
  }
}

TEST(PointwiseAdd, OneTensorAsBothAddends) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  EXPECT_TRUE(test_support::gradients_match(
      [&](const auto& moved) {
        in.x = moved[0];
        return std::get<0>(add_output(in, moved[0], "erf"));
      },
      {in.x}));
}

TEST(PointwiseAdd, OnlyOneAddendWantsAGradient) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kDouble);
  const at::Tensor residual = residual_like(in.x).set_requires_grad(true);
  const auto [y, sum] = add_output(in, residual, "tanh");
  const at::Tensor gradient = torch::autograd::grad({y.sum()}, {residual})[0];
  const at::Tensor u = in.alpha * (in.x + residual).detach();
  EXPECT_TRUE(torch::allclose(gradient, in.alpha * (1 - torch::tanh(u).square())));
}

TEST(PointwiseAdd, ResidualOfAnotherShapeIsAnError) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  EXPECT_THROW(add_output(in, torch::zeros({4}), "tanh"), core::Error);
  EXPECT_THROW(add_output(in, torch::zeros({3, 4}, at::kDouble), "tanh"), core::Error);
}

TEST(PointwiseInPlace, SameBitsInThePlaceOfX) {
  for (const at::ScalarType type : kTypes) {
    for (const std::string& function : kFunctionNames) {
      PointwiseInputs in = make_inputs({7, 33}, -1, 7, type);
      const at::Tensor expected = operator_output(in, function);
      const void* place = in.x.const_data_ptr();
      const int64_t version = in.x._version();
      pointwise_(in.x, in.alpha, in.shift, in.weight, in.bias, function);
      EXPECT_TRUE(torch::equal(in.x, expected)) << function << " " << type;
      EXPECT_EQ(in.x.const_data_ptr(), place);
      EXPECT_GT(in.x._version(), version);
    }
  }
}

TEST(PointwiseInPlace, NonContiguousX) {
  PointwiseInputs in = make_inputs({6, 5}, -1, 0, at::kFloat);
  in.x = in.x.t();
  const at::Tensor expected = operator_output(in, "tanh");
  pointwise_(in.x, in.alpha, {}, {}, {}, "tanh");
  EXPECT_TRUE(torch::equal(in.x, expected));
}

TEST(PointwiseInPlace, RefusesWhereAGradientNeedsX) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  in.weight->set_requires_grad(true);
  EXPECT_THROW(pointwise_(in.x, in.alpha, {}, in.weight, {}, "tanh"), core::Error);
  const torch::NoGradGuard no_grad;
  EXPECT_NO_THROW(pointwise_(in.x, in.alpha, {}, in.weight, {}, "tanh"));
}

TEST(PointwiseOut, WritesWhereItIsTold) {
  const auto out_operator = c10::Dispatcher::singleton().findSchemaOrThrow("dyt::pointwise", "out");
  for (const bool contiguous : {true, false}) {
    const PointwiseInputs in = make_inputs({6, 5}, -1, 7, at::kFloat);
    at::Tensor out = contiguous ? torch::empty({6, 5}) : torch::empty({5, 6}).t();
    auto stack =
        torch::jit::Stack{in.x, in.alpha, in.shift, in.weight, in.bias, "tanh", -1, false, out};
    out_operator.callBoxed(&stack);
    EXPECT_TRUE(torch::equal(out, operator_output(in, "tanh")));
  }
}

TEST(PointwiseTypes, ParametersOfFloat32BesideSixteenBits) {
  for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
    const PointwiseInputs narrow = make_inputs({4, 40}, -1, 7, type);
    PointwiseInputs wide = narrow;
    wide.alpha = narrow.alpha.to(at::kFloat);
    wide.shift = narrow.shift->to(at::kFloat);
    wide.weight = narrow.weight->to(at::kFloat);
    wide.bias = narrow.bias->to(at::kFloat);
    const at::Tensor y = operator_output(wide, "tanh");
    EXPECT_EQ(y.scalar_type(), type);
    EXPECT_TRUE(torch::equal(y, operator_output(narrow, "tanh")));
    wide.bias = narrow.bias;
    EXPECT_THROW(operator_output(wide, "tanh"), core::Error);
  }
}

TEST(PointwiseTypes, GradientsHaveTheTypesOfTheirTensors) {
  PointwiseInputs in = make_inputs({4, 40}, -1, 2, at::kBFloat16);
  in.alpha = in.alpha.to(at::kFloat);
  in.weight = in.weight->to(at::kFloat);
  std::vector<at::Tensor> tensors = leaves(in);
  for (at::Tensor& tensor : tensors) {
    tensor.set_requires_grad(true);
  }
  const auto found = torch::autograd::grad({operator_output(in, "erf").sum()}, tensors);
  for (size_t n = 0; n < tensors.size(); ++n) {
    EXPECT_EQ(found[n].scalar_type(), tensors[n].scalar_type());
  }
}

}  // namespace
}  // namespace dyt::ops::test
