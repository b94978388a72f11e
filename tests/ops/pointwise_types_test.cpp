// SPDX-License-Identifier: Apache-2.0
// Types of dyt::pointwise and dyt::pointwise_add: 16-bit x beside parameters of its type or of
// float32, gradients, autocast.
#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include "tests/ops/pointwise_expression.h"
#include "tests/support/expect_error.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kNarrowTypes[] = {at::kBFloat16, at::kHalf};

double ulp_at_one(at::ScalarType type) { return type == at::kHalf ? 0x1p-10 : 0x1p-7; }

PointwiseInputs to_type(PointwiseInputs in, at::ScalarType x_type, at::ScalarType type) {
  in.x = in.x.to(x_type);
  in.alpha = in.alpha.to(type);
  for (OptionalTensor* tensor : {&in.shift, &in.weight, &in.bias}) {
    if (*tensor) {
      *tensor = (*tensor)->to(type);
    }
  }
  return in;
}

// |y - exact| <= |weight| * ULP(t) + ULP(y), and a little for float32's own error.
void expect_within_16_bits(const at::Tensor& y, const PointwiseInputs& in,
                           const std::string& function) {
  PointwiseInputs exact = to_type(in, at::kFloat, at::kFloat);
  const at::Tensor expected = operator_output(exact, function);
  exact.bias.reset();
  const at::Tensor product = operator_output(exact, function);
  const at::Tensor allowed =
      1.001 * ulp_at_one(in.x.scalar_type()) * (product.abs() + expected.abs()) + 1e-7;
  EXPECT_TRUE(((y.to(at::kFloat) - expected).abs() <= allowed).all().item<bool>());
}

TEST(PointwiseTypes, AgreeWithFloat32WithinTheBound) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : kNarrowTypes) {
      for (const at::ScalarType parameters : {type, at::kFloat}) {
        for (int present = 0; present < 8; ++present) {
          SCOPED_TRACE(function + " " + c10::toString(type) + " present " +
                       std::to_string(present));
          const PointwiseInputs in =
              to_type(make_inputs({4, 40}, -1, present, at::kDouble), type, parameters);
          const at::Tensor y = operator_output(in, function);
          EXPECT_EQ(y.scalar_type(), type);
          expect_within_16_bits(y, in, function);
        }
      }
    }
  }
}

TEST(PointwiseTypes, TheSameParametersInEitherTypeGiveTheSameBits) {
  for (const at::ScalarType type : kNarrowTypes) {
    for (const std::string& function : kFunctionNames) {
      const PointwiseInputs narrow = make_inputs({4, 40}, -1, 7, type);
      const PointwiseInputs wide = to_type(narrow, type, at::kFloat);
      EXPECT_TRUE(torch::equal(operator_output(wide, function), operator_output(narrow, function)));
      const at::Tensor residual = residual_like(narrow.x);
      EXPECT_TRUE(torch::equal(std::get<0>(add_output(wide, residual, function)),
                               std::get<0>(add_output(narrow, residual, function))));
    }
  }
}

// x and alpha go together, another parameter does not.
TEST(PointwiseTypes, MixedParametersAreAnErrorThatNamesThem) {
  for (const auto& [x, alpha, other] : {std::tuple(at::kBFloat16, at::kBFloat16, at::kFloat),
                                        {at::kBFloat16, at::kFloat, at::kBFloat16},
                                        {at::kHalf, at::kFloat, at::kDouble},
                                        {at::kFloat, at::kFloat, at::kBFloat16}}) {
    const PointwiseInputs in = to_type(make_inputs({3, 4}, -1, 7, at::kFloat), x, alpha);
    for (const std::string name : {"shift", "weight", "bias"}) {
      PointwiseInputs mixed = in;
      OptionalTensor& spoilt = name == "shift"    ? mixed.shift
                               : name == "weight" ? mixed.weight
                                                  : mixed.bias;
      spoilt = spoilt->to(other);
      testing::expect_error(core::ErrorKind::kUsage, "type of " + name,
                            [&] { operator_output(mixed, "tanh"); });
    }
  }
}

TEST(PointwiseTypes, AlphaOfATypeThatDoesNotGoWithXIsAnError) {
  for (const auto& [x, alpha] : {std::pair(at::kBFloat16, at::kHalf),
                                 {at::kHalf, at::kBFloat16},
                                 {at::kFloat, at::kHalf},
                                 {at::kDouble, at::kFloat}}) {
    const PointwiseInputs in = to_type(make_inputs({3, 4}, -1, 0, at::kFloat), x, alpha);
    testing::expect_error(core::ErrorKind::kUsage, "type of alpha",
                          [&] { operator_output(in, "tanh"); });
  }
}

std::vector<at::Tensor> gradients_in_type(const PointwiseInputs& in, const at::Tensor& grad_output,
                                          const std::string& function) {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : leaves(in)) {
    tensors.push_back(tensor.detach().clone().set_requires_grad(true));
  }
  return torch::autograd::grad({operator_output(with_tensors(in, tensors), function)}, tensors,
                               {grad_output});
}

TEST(PointwiseTypes, GradientsHaveTheTypesOfTheirTensorsAndTheirBound) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : kNarrowTypes) {
      for (const at::ScalarType parameters : {type, at::kFloat}) {
        SCOPED_TRACE(function + " " + c10::toString(type) + " " + c10::toString(parameters));
        const PointwiseInputs in =
            to_type(make_inputs({4, 40}, -1, 7, at::kDouble), type, parameters);
        const at::Tensor grad_output = residual_like(in.x);
        const auto found = gradients_in_type(in, grad_output, function);
        const auto expected = gradients_in_type(to_type(in, at::kFloat, at::kFloat),
                                                grad_output.to(at::kFloat), function);
        const auto tensors = leaves(in);
        for (size_t n = 0; n < found.size(); ++n) {
          EXPECT_EQ(found[n].scalar_type(), tensors[n].scalar_type());
          // One rounding to the type, and 1e-5 of the terms, of which there are 160 of about 1.
          const double rounding = tensors[n].scalar_type() == at::kFloat ? 1e-6 : ulp_at_one(type);
          EXPECT_TRUE(torch::allclose(found[n].to(at::kFloat), expected[n], rounding, 3e-3)) << n;
        }
      }
    }
  }
}

TEST(PointwiseTypes, AutocastLeavesTypesAndBitsAlone) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const PointwiseInputs in = to_type(make_inputs({4, 40}, -1, 7, at::kDouble), type, at::kFloat);
    const at::Tensor grad_output = residual_like(in.x);
    const auto results = [&] {
      auto found = gradients_in_type(in, grad_output, "tanh");
      const auto [y, sum] = add_output(in, grad_output, "erf");
      found.insert(found.end(), {y, sum, operator_output(in, "isru")});
      return found;
    };
    const auto expected = results();
    at::autocast::set_autocast_enabled(at::kCPU, true);
    const auto found = results();
    at::autocast::set_autocast_enabled(at::kCPU, false);
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_EQ(found[n].scalar_type(), expected[n].scalar_type());
      EXPECT_TRUE(torch::equal(found[n], expected[n])) << n;
    }
  }
}

}  // namespace
}  // namespace dyt::ops::test
