// SPDX-License-Identifier: Apache-2.0
// Second derivatives of the point-wise operators: finite differences of the first, LibTorch's own,
// every subset of tangents and of wanted gradients.
#include <gtest/gtest.h>

#include "tests/ops/pointwise_expression.h"
#include "tests/support/expect_error.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

// A fixed combination of the first derivatives of `inputs` in `subset`.
at::Tensor combined_gradients(const at::Tensor& y, const at::Tensor& grad_output,
                              const std::vector<at::Tensor>& inputs, unsigned subset = ~0U) {
  std::vector<at::Tensor> chosen;
  for (size_t n = 0; n < inputs.size(); ++n) {
    if (subset >> n & 1) {
      chosen.push_back(inputs[n]);
    }
  }
  const auto gradients = torch::autograd::grad({y}, chosen, {grad_output}, true, true);
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

// Adds 0 times every tensor, or autograd would complain of an unused one.
at::Tensor with_all_used(at::Tensor output, const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    output = output + 0 * tensor.sum();
  }
  return output;
}

// d(combined first derivatives in `subset`) / d(every tensor and grad_output).
::testing::AssertionResult second_derivatives_match(const PointwiseInputs& in,
                                                    const std::string& function,
                                                    unsigned subset = ~0U) {
  std::vector<at::Tensor> tensors = leaves(in);
  tensors.push_back(grad_output_for(in.x));
  return test_support::gradients_match(
      [&](const auto& moved) {
        const torch::AutoGradMode with_graph(true);  // finite differences switch it off
        const std::vector<at::Tensor> inputs(moved.begin(), moved.end() - 1);
        const at::Tensor y = operator_output(with_tensors(in, inputs), function);
        return with_all_used(combined_gradients(y, moved.back(), inputs, subset), moved);
      },
      tensors, {.tolerance = 1e-6});
}

TEST(PointwiseDoubleBackward, EqualsFiniteDifferences) {
  for (const std::string& function : kFunctionNames) {
    for (const int64_t channel_dim : {-1, 1}) {
      for (int present = 0; present < 8; ++present) {
        SCOPED_TRACE(function + " present " + std::to_string(present));
        const PointwiseInputs in = make_inputs({2, 3, 2}, channel_dim, present, at::kDouble);
        ASSERT_TRUE(differentiable(in, function));
        EXPECT_TRUE(second_derivatives_match(in, function));
      }
    }
  }
}

// Which of the gradients of x, alpha, shift, weight, bias are differentiated again.
TEST(PointwiseDoubleBackward, EverySubsetOfTangents) {
  for (const std::string& function : kFunctionNames) {
    for (unsigned subset = 1; subset < 31; ++subset) {
      const PointwiseInputs in = make_inputs({2, 2}, -1, 7, at::kDouble);
      ASSERT_TRUE(differentiable(in, function));
      EXPECT_TRUE(second_derivatives_match(in, function, subset)) << function << " " << subset;
    }
  }
}

std::vector<at::Tensor> fresh_leaves(const PointwiseInputs& in) {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : leaves(in)) {
    tensors.push_back(tensor.detach().clone().set_requires_grad(true));
  }
  return tensors;
}

// Second derivatives for x, alpha, shift, weight and grad_output. That of the bias is 0 everywhere.
template <class Output>
std::vector<at::Tensor> second_derivatives(const PointwiseInputs& in, const Output& output) {
  std::vector<at::Tensor> tensors = fresh_leaves(in);
  const at::Tensor grad_output = grad_output_for(in.x).set_requires_grad(true);
  const at::Tensor combined =
      combined_gradients(output(with_tensors(in, tensors)), grad_output, tensors);
  tensors.back() = grad_output;  // instead of the bias
  return torch::autograd::grad({combined}, tensors);
}

TEST(PointwiseDoubleBackward, EqualsLibTorchsOwn) {
  for (const std::string& function : kFunctionNames) {
    const PointwiseInputs in = make_inputs({3, 5, 7}, 1, 7, at::kDouble);
    ASSERT_TRUE(differentiable(in, function));
    const auto found = second_derivatives(
        in, [&](const PointwiseInputs& now) { return operator_output(now, function); });
    const auto expected = second_derivatives(
        in, [&](const PointwiseInputs& now) { return pointwise_expression(now, function); });
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_TRUE(torch::allclose(found[n], expected[n], 1e-9, 1e-10)) << function << " " << n;
    }
  }
}

using Tangents = std::vector<OptionalTensor>;

// The operator itself: -> gradients of grad_output, x, alpha, shift, weight.
std::vector<at::Tensor> call_operator(const Tangents& tangents, const PointwiseInputs& in) {
  static const auto double_backward =
      c10::Dispatcher::singleton().findSchemaOrThrow("dyt::pointwise_double_backward", "");
  torch::jit::Stack stack(tangents.begin(), tangents.end());
  torch::jit::push(stack, grad_output_for(in.x).to(in.x.options()), in.x, in.alpha, in.shift,
                   in.weight, "tanh", in.channel_dim);
  double_backward.callBoxed(&stack);
  std::vector<at::Tensor> found;
  for (const c10::IValue& value : stack) {
    found.push_back(value.toTensor());
  }
  return found;
}

TEST(PointwiseDoubleBackward, AnAbsentTangentIsZero) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  for (unsigned subset = 0; subset < 32; ++subset) {
    Tangents absent, zero;
    for (const at::Tensor& tensor : leaves(in)) {
      const bool given = subset >> absent.size() & 1;
      const at::Tensor tangent = residual_like(tensor);
      absent.push_back(given ? OptionalTensor(tangent) : std::nullopt);
      zero.emplace_back(given ? tangent : torch::zeros_like(tangent));
    }
    const auto found = call_operator(absent, in), expected = call_operator(zero, in);
    const std::vector<at::Tensor> like{in.x, in.x, in.alpha, *in.shift, *in.weight};
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_EQ(found[n].sizes(), like[n].sizes());
      EXPECT_TRUE(torch::allclose(found[n], expected[n], 1e-14, 1e-14)) << subset << " " << n;
    }
  }
}

// alpha and shift are one number each, with more dimensions than x or none.
TEST(PointwiseDoubleBackward, AlphaAndShiftOfAnyDimensions) {
  const PointwiseInputs plain = make_inputs({3, 4}, -1, 7, at::kDouble);
  const Tangents tangents{residual_like(plain.x), {}, {}, residual_like(*plain.weight), {}};
  const auto expected = call_operator(tangents, plain);
  for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{}, {1, 1}, {1, 1, 1, 1}}) {
    PointwiseInputs in = plain;
    in.alpha = plain.alpha.view(sizes);
    in.shift = plain.shift->view(sizes);
    const auto found = call_operator(tangents, in);
    const std::vector<at::Tensor> like{in.x, in.x, in.alpha, *in.shift, *in.weight};
    for (size_t n = 0; n < found.size(); ++n) {
      EXPECT_EQ(found[n].sizes(), like[n].sizes());
      EXPECT_TRUE(torch::equal(found[n].reshape(-1), expected[n].reshape(-1))) << n;
    }
  }
}

TEST(PointwiseDoubleBackward, TangentsOfAnotherShapeTypeOrDeviceAreErrors) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  const char* names[] = {"tangent_x", "tangent_alpha", "tangent_shift", "tangent_weight",
                         "tangent_bias"};
  const std::vector<at::Tensor> like = leaves(in);
  for (size_t n = 0; n < 5; ++n) {
    for (const at::Tensor& wrong :
         {torch::ones({2, 4}, at::kDouble), like[n].to(at::kFloat), like[n].to(at::kMeta)}) {
      Tangents tangents(5);
      tangents[n] = wrong;
      testing::expect_error(core::ErrorKind::kUsage, names[n],
                            [&] { call_operator(tangents, in); });
    }
  }
}

TEST(PointwiseDoubleBackward, MetaGivesShapesAndTypes) {
  const PointwiseInputs plain = make_inputs({2, 3, 5}, 1, 7, at::kBFloat16);
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : leaves(plain)) {
    tensors.push_back(tensor.to(at::kMeta));
  }
  const PointwiseInputs in = with_tensors(plain, tensors);
  const auto found = call_operator({in.x, {}, {}, {}, {}}, in);
  const std::vector<at::Tensor> like{in.x, in.x, in.alpha, *in.shift, *in.weight};
  for (size_t n = 0; n < found.size(); ++n) {
    EXPECT_TRUE(found[n].is_meta());
    EXPECT_EQ(found[n].sizes(), like[n].sizes());
    EXPECT_EQ(found[n].scalar_type(), like[n].scalar_type());
  }
}

TEST(PointwiseDoubleBackward, SixteenBitsWithParametersOfFloat32) {
  PointwiseInputs in = make_inputs({3, 8}, -1, 7, at::kBFloat16);
  for (at::Tensor* tensor : {&in.alpha, &*in.shift, &*in.weight, &*in.bias}) {
    *tensor = tensor->to(at::kFloat);
  }
  PointwiseInputs exact = in;
  exact.x = in.x.to(at::kDouble);
  exact.alpha = in.alpha.to(at::kDouble);
  exact.shift = in.shift->to(at::kDouble);
  exact.weight = in.weight->to(at::kDouble);
  const Tangents tangents{residual_like(in.x), {}, {}, residual_like(*in.weight), {}};
  const Tangents wide{tangents[0]->to(at::kDouble), {}, {}, tangents[3]->to(at::kDouble), {}};
  const auto found = call_operator(tangents, in), expected = call_operator(wide, exact);
  for (size_t n = 0; n < found.size(); ++n) {
    EXPECT_EQ(found[n].scalar_type(), n < 2 ? at::kBFloat16 : at::kFloat);
    // grad_output has been rounded to bf16 on one side.
    EXPECT_TRUE(torch::allclose(found[n].to(at::kDouble), expected[n], 1e-2, 5e-2)) << n;
  }
}

// Every subset of x, alpha, shift, weight, grad_output wanted: the others change nothing.
TEST(PointwiseDoubleBackward, AnySubsetOfWantedGradients) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 3, at::kDouble);
  const auto wanted_of = [&](unsigned subset) {
    std::vector<at::Tensor> tensors = fresh_leaves(in);
    tensors.push_back(grad_output_for(in.x).set_requires_grad(true));
    const std::vector<at::Tensor> inputs(tensors.begin(), tensors.end() - 1);
    const at::Tensor combined = combined_gradients(operator_output(with_tensors(in, inputs), "erf"),
                                                   tensors.back(), inputs);
    std::vector<at::Tensor> wanted;
    for (size_t n = 0; n < tensors.size(); ++n) {
      if (subset >> n & 1) {
        wanted.push_back(tensors[n]);
      }
    }
    return torch::autograd::grad({combined}, wanted);
  };
  const auto all = wanted_of(31);
  for (unsigned subset = 1; subset < 31; ++subset) {
    const auto some = wanted_of(subset);
    size_t next = 0;
    for (size_t n = 0; n < all.size(); ++n) {
      if (subset >> n & 1) {
        EXPECT_TRUE(torch::equal(some[next++], all[n])) << subset << " " << n;
      }
    }
  }
}

TEST(PointwiseDoubleBackward, EmptyTensors) {
  const PointwiseInputs in = make_inputs({0, 4}, -1, 7, at::kDouble);
  const auto found = second_derivatives(
      in, [](const PointwiseInputs& now) { return operator_output(now, "tanh"); });
  for (const at::Tensor& gradient : found) {
    EXPECT_TRUE(torch::equal(gradient, torch::zeros_like(gradient)));
  }
}

// y and the sum, each with a gradient of its own that depends on the inputs too.
TEST(PointwiseDoubleBackward, OfTheResidualForm) {
  for (const std::string& function : kFunctionNames) {
    for (const int present : {0, 7}) {
      const PointwiseInputs in = make_inputs({2, 3, 2}, 1, present, at::kDouble);
      std::vector<at::Tensor> tensors = leaves(in);
      tensors.push_back(residual_like(in.x));
      PointwiseInputs added = in;
      added.x = in.x + tensors.back();
      ASSERT_TRUE(differentiable(added, function)) << function;
      EXPECT_TRUE(test_support::gradients_match(
          [&](const auto& moved) {
            const torch::AutoGradMode with_graph(true);
            const auto [y, sum] = add_output(with_tensors(in, moved), moved.back(), function);
            const at::Tensor both = y * y + sum * sum * sum;
            return combined_gradients(both, torch::ones_like(both), moved);
          },
          tensors, {.tolerance = 1e-6}))
          << function << " present " << present;
    }
  }
}

TEST(PointwiseDoubleBackward, EverySubsetOfTangentsOfTheResidualForm) {
  const PointwiseInputs in = make_inputs({2, 2}, -1, 7, at::kDouble);
  std::vector<at::Tensor> tensors = leaves(in);
  tensors.push_back(residual_like(in.x));
  for (unsigned subset = 1; subset < 63; ++subset) {
    for (const int used : {1, 3}) {
      EXPECT_TRUE(test_support::gradients_match(
          [&](const auto& moved) {
            const torch::AutoGradMode with_graph(true);
            const auto [y, sum] = add_output(with_tensors(in, moved), moved.back(), "tanh");
            const at::Tensor output = used == 1 ? y * y : y * y + sum * sum;
            return with_all_used(
                combined_gradients(output, torch::ones_like(output), moved, subset), moved);
          },
          tensors, {.tolerance = 1e-6}))
          << subset << " used " << used;
    }
  }
}

void expect_no_third(const at::Tensor& y, const at::Tensor& x) {
  const at::Tensor first = torch::autograd::grad({y.sum()}, {x}, {}, std::nullopt, true)[0];
  try {
    torch::autograd::grad({first.square().sum()}, {x}, {}, std::nullopt, true);
    FAIL() << "the third derivative did not refuse";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("no third derivative"), std::string::npos)
        << error.what();
  }
}

TEST(PointwiseDoubleBackward, ThirdRefusesInWords) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kDouble);
  in.x.set_requires_grad(true);
  expect_no_third(operator_output(in, "sigmoid"), in.x);
  expect_no_third(std::get<0>(add_output(in, residual_like(in.x.detach()), "tanh")), in.x);
}

}  // namespace
}  // namespace dyt::ops::test
