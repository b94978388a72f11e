// SPDX-License-Identifier: Apache-2.0
// Gradients of dyt::norm and dyt::norm_add: finite differences, LibTorch's own, wiring of autograd.
#include <gtest/gtest.h>

#include "tests/ops/norm_expression.h"
#include "tests/support/gradcheck.h"

namespace dyt::ops::test {
namespace {

TEST(NormGrad, EqualsFiniteDifferences) {
  for (const char* kind : kKinds) {
    for (int present = 0; present < 4; ++present) {
      for (const std::vector<int64_t>& sizes :
           {std::vector<int64_t>{3, 5}, {1, 6}, {4, 1}, {2, 2, 3}}) {
        const NormInputs in = make_norm_inputs(sizes, present, at::kDouble);
        EXPECT_TRUE(test_support::gradients_match(
            [&](const auto& moved) { return our_norm(with_tensors(in, moved), kind); }, leaves(in)))
            << kind << " present " << present << " " << sizes;
      }
    }
  }
}

// used: bit 0 y, bit 1 the sum.
at::Tensor used_norm_output(const NormInputs& in, const at::Tensor& residual, const char* kind,
                            int used) {
  const auto [y, sum] = our_norm_add(in, residual, kind);
  return used == 1 ? y : used == 2 ? sum * sum : y * sum;
}

// Adds 0 times every tensor, or autograd would complain of an unused one.
at::Tensor with_all_norm_outputs_used(at::Tensor output, const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    output = output + 0 * tensor.sum();
  }
  return output;
}

TEST(NormGrad, OfTheResidualForm) {
  for (const char* kind : kKinds) {
    for (int present = 0; present < 4; ++present) {
      for (const int used : {1, 2, 3}) {
        const NormInputs in = make_norm_inputs({3, 5}, present, at::kDouble);
        std::vector<at::Tensor> tensors = leaves(in);
        tensors.push_back(wave({3, 5}, 5.1, at::kDouble));
        EXPECT_TRUE(test_support::gradients_match(
            [&](const auto& moved) {
              return with_all_norm_outputs_used(
                  used_norm_output(with_tensors(in, moved), moved.back(), kind, used), moved);
            },
            tensors))
            << kind << " present " << present << " used " << used;
      }
    }
  }
}

TEST(NormGrad, OneTensorAsBothAddends) {
  for (const char* kind : kKinds) {
    NormInputs in = make_norm_inputs({3, 4}, 3, at::kDouble);
    EXPECT_TRUE(test_support::gradients_match(
        [&](const auto& moved) {
          in.x = moved[0];
          return used_norm_output(in, moved[0], kind, 3);
        },
        {in.x}));
  }
}

// Every subset of x, weight, bias, residual asked for: the others change nothing.
TEST(NormGrad, AnySubsetOfGradients) {
  for (const char* kind : kKinds) {
    const NormInputs in = make_norm_inputs({5, 40}, 3, at::kFloat);
    std::vector<at::Tensor> tensors = leaves(in);
    tensors.push_back(wave({5, 40}, 5.1, at::kFloat));
    const auto gradients_for = [&](unsigned subset) {
      std::vector<at::Tensor> inputs, wanted;
      for (const at::Tensor& tensor : tensors) {
        const bool asked = subset >> inputs.size() & 1;
        inputs.push_back(tensor.detach().clone().set_requires_grad(asked));
        if (asked) {
          wanted.push_back(inputs.back());
        }
      }
      const at::Tensor output = used_norm_output(with_tensors(in, inputs), inputs.back(), kind, 3);
      return torch::autograd::grad({output.sum()}, wanted);
    };
    const auto all = gradients_for(15);
    for (unsigned subset = 1; subset < 15; ++subset) {
      const auto some = gradients_for(subset);
      size_t next = 0;
      for (size_t n = 0; n < all.size(); ++n) {
        if (subset >> n & 1) {
          EXPECT_TRUE(torch::equal(some[next++], all[n])) << kind << " " << subset << " " << n;
        }
      }
    }
  }
}

std::vector<at::Tensor> norm_gradients_of(const NormInputs& in, const char* kind, bool ours) {
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : leaves(in)) {
    tensors.push_back(tensor.detach().clone().set_requires_grad(true));
  }
  const NormInputs now = with_tensors(in, tensors);
  const at::Tensor y = ours ? our_norm(now, kind) : libtorch_norm(now, kind);
  return torch::autograd::grad({y}, tensors, {wave(in.x.sizes(), 1.7, y.scalar_type())});
}

void expect_gradients(const NormInputs& in, const NormInputs& exact, const char* kind,
                      double tolerance) {
  const auto found = norm_gradients_of(in, kind, true),
             expected = norm_gradients_of(exact, kind, false);
  const auto tensors = leaves(in);
  for (size_t n = 0; n < found.size(); ++n) {
    EXPECT_EQ(found[n].scalar_type(), tensors[n].scalar_type());
    const double scale = std::max(1.0, expected[n].abs().max().item<double>());
    const at::Tensor error = (found[n].to(at::kDouble) - expected[n]).abs();
    EXPECT_LE(error.max().item<double>(), tolerance * scale) << kind << " input " << n;
  }
}

// LibTorch's gradients in fp64, of the same numbers.
TEST(NormGrad, EqualsLibTorchs) {
  for (const char* kind : kKinds) {
    for (const std::vector<int64_t>& sizes :
         {std::vector<int64_t>{34, 768}, {1, 1000}, {300, 17}}) {
      for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
        const NormInputs in = make_norm_inputs(sizes, 3, type);
        expect_gradients(in, to_types(in, at::kDouble, at::kDouble), kind,
                         type == at::kFloat ? 1e-5 : 1e-12);
      }
    }
  }
}

TEST(NormGrad, SixteenBitsGiveEachTensorItsType) {
  for (const char* kind : kKinds) {
    for (const at::ScalarType type : {at::kBFloat16, at::kHalf}) {
      const NormInputs narrow = make_norm_inputs({6, 100}, 3, type);
      for (const at::ScalarType parameters : {type, at::kFloat}) {
        const NormInputs in = to_types(narrow, type, parameters);
        expect_gradients(in, to_types(in, at::kDouble, at::kDouble), kind,
                         type == at::kHalf ? 3e-3 : 2e-2);
      }
    }
  }
}

TEST(NormGrad, NonContiguousInputAndExpandedGradient) {
  for (const char* kind : kKinds) {
    NormInputs in = make_norm_inputs({6, 4}, 3, at::kDouble);
    in.x = in.x.view({4, 6}).t();
    // The gradient of a sum is one number, expanded.
    EXPECT_TRUE(test_support::gradients_match(
        [&](const auto& moved) { return our_norm(with_tensors(in, moved), kind).sum().view({1}); },
        leaves(in)));
  }
}

TEST(NormGrad, EmptyTensorsHaveZeroParameterGradients) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16}) {
    for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{0, 4}, {3, 0}, {0, 0}}) {
      const NormInputs in = make_norm_inputs(sizes, 3, type);
      std::vector<at::Tensor> tensors = leaves(in);
      for (at::Tensor& tensor : tensors) {
        tensor.set_requires_grad(true);
      }
      const auto found =
          torch::autograd::grad({our_norm(with_tensors(in, tensors), "layer_norm").sum()}, tensors);
      for (size_t n = 0; n < found.size(); ++n) {
        EXPECT_TRUE(torch::equal(found[n], torch::zeros_like(tensors[n]))) << sizes;
      }
    }
  }
}

TEST(NormGrad, RowsDoNotDependOnTheirNeighbours) {
  for (const char* kind : kKinds) {
    const NormInputs in = make_norm_inputs({7, 130}, 3, at::kFloat);
    const at::Tensor grad_output = wave({7, 130}, 1.7, at::kFloat);
    const auto grad_x = [&](const at::Tensor& x, const at::Tensor& grad) {
      NormInputs now = in;
      now.x = x.detach().clone().set_requires_grad(true);
      return torch::autograd::grad({our_norm(now, kind)}, {now.x}, {grad})[0];
    };
    const at::Tensor whole = grad_x(in.x, grad_output);
    for (int64_t row = 0; row < 7; ++row) {
      EXPECT_TRUE(torch::equal(grad_x(in.x[row], grad_output[row]), whole[row])) << kind << row;
    }
  }
}

TEST(NormGrad, NoGraphWithoutGradients) {
  NormInputs in = make_norm_inputs({3, 4}, 3, at::kFloat);
  EXPECT_FALSE(our_norm(in, "layer_norm").requires_grad());
  in.bias->set_requires_grad(true);
  EXPECT_TRUE(our_norm(in, "layer_norm").requires_grad());
  const torch::NoGradGuard no_grad;
  EXPECT_FALSE(our_norm(in, "layer_norm").requires_grad());
}

TEST(NormGrad, MetaBackwardGivesShapesAndTypes) {
  const NormInputs in = to_types(make_norm_inputs({2, 3, 5}, 3, at::kFloat), at::kHalf, at::kFloat);
  std::vector<at::Tensor> tensors;
  for (const at::Tensor& tensor : leaves(in)) {
    tensors.push_back(tensor.to(at::kMeta).set_requires_grad(true));
  }
  const at::Tensor y = our_norm(with_tensors(in, tensors), "layer_norm");
  const auto found = torch::autograd::grad({y}, tensors, {torch::empty_like(y)});
  for (size_t n = 0; n < found.size(); ++n) {
    EXPECT_TRUE(found[n].is_meta());
    EXPECT_EQ(found[n].sizes(), tensors[n].sizes());
    EXPECT_EQ(found[n].scalar_type(), tensors[n].scalar_type());
  }
}

void expect_refusal(const at::Tensor& y, const at::Tensor& x) {
  try {
    torch::autograd::grad({y.sum()}, {x}, {}, std::nullopt, true);
    FAIL() << "the second derivative did not refuse";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("impl=torch"), std::string::npos) << error.what();
  }
}

TEST(NormGrad, SecondDerivativeRefusesAndNamesTheOtherNorm) {
  for (const char* kind : kKinds) {
    const NormInputs in = make_norm_inputs({3, 4}, 3, at::kDouble);
    in.x.set_requires_grad(true);
    expect_refusal(our_norm(in, kind), in.x);
    expect_refusal(std::get<0>(our_norm_add(in, in.x.detach(), kind)), in.x);
  }
}

}  // namespace
}  // namespace dyt::ops::test
