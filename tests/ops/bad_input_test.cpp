// SPDX-License-Identifier: Apache-2.0
// Tensors that the operators do not take: each is an exception with words, never a crash and never
// a number.
#include <gtest/gtest.h>

#include <functional>

#include "tests/ops/norm_expression.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

void expect_words(const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << "no error";
  } catch (const std::exception& error) {
    EXPECT_GT(std::string(error.what()).size(), 20U) << error.what();
  }
}

struct OperatorRow {
  const char* name;
  void (*call)(const at::Tensor& x);
};

at::Tensor alpha() { return torch::full({1}, 0.7F); }

const OperatorRow kOperators[] = {
    {"pointwise", [](const at::Tensor& x) { pointwise(x, alpha(), {}, {}, {}, "tanh"); }},
    {"pointwise_add",
     [](const at::Tensor& x) { pointwise_add(x, x, alpha(), {}, {}, {}, "tanh"); }},
    {"pointwise_",
     [](const at::Tensor& x) {
       at::Tensor place = x;
       pointwise_(place, alpha(), {}, {}, {}, "tanh");
     }},
    {"pointwise_add_",
     [](const at::Tensor& x) {
       at::Tensor place = x, residual = x.defined() ? x.clone() : x;
       pointwise_add_(place, residual, alpha(), {}, {}, {}, "tanh");
     }},
    {"norm", [](const at::Tensor& x) { norm(x, {}, {}, "layer_norm", 1e-6); }},
    {"norm_add", [](const at::Tensor& x) { norm_add(x, x, {}, {}, "rms_norm", 1e-6); }},
};

struct TensorRow {
  const char* name;
  at::Tensor (*make)();
};

const TensorRow kTensors[] = {
    {"undefined", [] { return at::Tensor(); }},
    {"no dimension", [] { return torch::ones({}); }},
    {"int64",
     [] {
       return torch::ones({3, 4}, at::kLong);
     }},
    {"int8",
     [] {
       return torch::ones({3, 4}, at::kChar);
     }},
    {"bool",
     [] {
       return torch::ones({3, 4}, at::kBool);
     }},
    {"complex",
     [] {
       return torch::ones({3, 4}, at::kComplexDouble);
     }},
    {"float8",
     [] {
       return torch::ones({3, 4}).to(at::kFloat8_e4m3fn);
     }},
    {"sparse", [] { return torch::eye(3).to_sparse(); }},
    {"sparse rows", [] { return torch::eye(3).to_sparse_csr(); }},
    {"MKL-DNN's own layout", [] { return torch::eye(3).to_mkldnn(); }},
    {"quantized", [] { return at::quantize_per_tensor(torch::eye(3), 0.1, 0, at::kQInt8); }},
    {"nested",
     [] {
       return at::_nested_tensor_from_tensor_list({torch::ones({2, 3}), torch::ones({4, 3})});
     }},
};

TEST(BadInput, EveryOperatorRefusesInWords) {
  for (const TensorRow& tensor : kTensors) {
    for (const OperatorRow& row : kOperators) {
      SCOPED_TRACE(std::string(tensor.name) + " " + row.name);
      expect_words([&] { row.call(tensor.make()); });
    }
  }
}

// As alpha, weight, bias and residual beside an ordinary x.
TEST(BadInput, EveryOtherArgumentToo) {
  for (const TensorRow& tensor : kTensors) {
    SCOPED_TRACE(tensor.name);
    const at::Tensor x = torch::eye(3), wrong = tensor.make();
    expect_words([&] { pointwise_add(x, wrong, alpha(), {}, {}, {}, "tanh"); });
    expect_words([&] { norm_add(x, wrong, {}, {}, "layer_norm", 1e-6); });
    if (!wrong.defined() || wrong.dim() > 0) {  // alpha may have no dimension
      expect_words([&] { pointwise(x, wrong, {}, {}, {}, "tanh"); });
    }
    if (wrong.defined()) {  // an undefined one is an absent one
      expect_words([&] { pointwise(x, alpha(), {}, wrong, {}, "tanh"); });
      expect_words([&] { pointwise(x, alpha(), {}, {}, wrong, "tanh"); });
      expect_words([&] { norm(x, wrong, {}, "layer_norm", 1e-6); });
      expect_words([&] { norm(x, {}, wrong, "layer_norm", 1e-6); });
    }
  }
}

TEST(BadInput, DevicesThatDiffer) {
  const at::Tensor here = torch::ones({3}), away = torch::ones({3}, at::kMeta);
  for (const auto& [x, other] : {std::pair(here, away), {away, here}}) {
    const at::Tensor one = torch::ones({1}, x.options());
    const at::Tensor wrong_one = torch::ones({1}, other.options());
    expect_words([&] { pointwise(x, wrong_one, {}, {}, {}, "tanh"); });
    expect_words([&] { pointwise(x, one, wrong_one, {}, {}, "tanh"); });
    expect_words([&] { pointwise(x, one, {}, other, {}, "tanh"); });
    expect_words([&] { pointwise(x, one, {}, {}, other, "tanh"); });
    expect_words([&] { pointwise_add(x, other, one, {}, {}, {}, "tanh"); });
    expect_words([&] { norm(x, other, {}, "rms_norm", 1e-6); });
    expect_words([&] { norm(x, {}, other, "rms_norm", 1e-6); });
    expect_words([&] { norm_add(x, other, {}, {}, "rms_norm", 1e-6); });
  }
}

TEST(BadInput, ChannelDimensionsFarOutside) {
  for (const int64_t channel_dim : {int64_t{2}, int64_t{-3}, std::numeric_limits<int64_t>::max(),
                                    std::numeric_limits<int64_t>::min()}) {
    for (const bool with_gradient : {false, true}) {
      PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
      in.channel_dim = channel_dim;
      in.x.set_requires_grad(with_gradient);
      expect_words([&] { operator_output(in, "tanh"); });
      expect_words([&] { add_output(in, in.x, "tanh"); });
    }
  }
}

// Legal, and easy to get wrong: a view whose numbers are stored with the other sign.
TEST(BadInput, NumbersStoredNegated) {
  const at::Tensor pairs =
      torch::complex(wave({3, 4}, 1.1, at::kFloat), wave({3, 4}, 2.3, at::kFloat));
  const at::Tensor negated = at::imag(pairs.conj());
  ASSERT_TRUE(negated.is_neg());
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  in.x = -at::imag(pairs);
  PointwiseInputs stored = in;
  stored.x = negated;
  EXPECT_TRUE(torch::equal(operator_output(stored, "tanh"), operator_output(in, "tanh")));
  EXPECT_TRUE(torch::equal(norm(negated, {}, {}, "layer_norm", kEps),
                           norm(in.x, {}, {}, "layer_norm", kEps)));
}

}  // namespace
}  // namespace dyt::ops::test
