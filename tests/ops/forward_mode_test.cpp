// SPDX-License-Identifier: Apache-2.0
// Forward-mode differentiation: no operator carries a tangent on, so each refuses one. Lost, it
// would be a derivative of 0.
#include <gtest/gtest.h>
#include <torch/csrc/autograd/forward_grad.h>

#include <functional>

#include "tests/ops/norm_expression.h"
#include "tests/ops/pointwise_expression.h"
#include "tests/support/expect_error.h"

namespace dyt::ops::test {
namespace {

class ForwardMode {
 public:
  ForwardMode() : level_(torch::autograd::ForwardADLevel::get_next_idx()) {}
  ~ForwardMode() { torch::autograd::ForwardADLevel::release_idx(level_); }
  ForwardMode(const ForwardMode&) = delete;
  ForwardMode& operator=(const ForwardMode&) = delete;

  at::Tensor dual(const at::Tensor& tensor) const {
    return at::_make_dual(tensor, torch::ones_like(tensor), static_cast<int64_t>(level_));
  }

 private:
  const uint64_t level_;
};

void expect_forward_mode_refusal(const std::function<void()>& call) {
  testing::expect_error(core::ErrorKind::kUsage, "no forward-mode derivative", call);
}

TEST(ForwardMode, RefusedForEveryTensorOfPointwise) {
  const PointwiseInputs plain = make_inputs({3, 4}, -1, 7, at::kFloat);
  const ForwardMode mode;
  for (const bool with_gradients : {true, false}) {
    const torch::AutoGradMode gradients(with_gradients);  // forward mode does not depend on it
    for (size_t n = 0; n < 5; ++n) {
      std::vector<at::Tensor> tensors = leaves(plain);
      tensors[n] = mode.dual(tensors[n]);
      PointwiseInputs in = with_tensors(plain, tensors);
      expect_forward_mode_refusal([&] { operator_output(in, "tanh"); });
      expect_forward_mode_refusal([&] { add_output(in, plain.x, "tanh"); });
      expect_forward_mode_refusal(
          [&] { pointwise_(in.x, in.alpha, in.shift, in.weight, in.bias, "tanh"); });
      expect_forward_mode_refusal([&] {
        at::Tensor residual = at::ones_like(in.x);
        pointwise_add_(in.x, residual, in.alpha, in.shift, in.weight, in.bias, "tanh");
      });
    }
    expect_forward_mode_refusal([&] { add_output(plain, mode.dual(plain.x), "tanh"); });
  }
}

TEST(ForwardMode, RefusedForEveryTensorOfTheNorms) {
  const NormInputs plain = make_norm_inputs({3, 4}, 3, at::kFloat);
  const ForwardMode mode;
  for (size_t n = 0; n < 3; ++n) {
    std::vector<at::Tensor> tensors = leaves(plain);
    tensors[n] = mode.dual(tensors[n]);
    expect_forward_mode_refusal([&] { our_norm(with_tensors(plain, tensors), "layer_norm"); });
    expect_forward_mode_refusal(
        [&] { our_norm_add(with_tensors(plain, tensors), plain.x, "rms_norm"); });
  }
  expect_forward_mode_refusal([&] { our_norm_add(plain, mode.dual(plain.x), "rms_norm"); });
}

// Forward over reverse, the way to Hessians.
TEST(ForwardMode, RefusedInBackward) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  in.x.set_requires_grad(true);
  const at::Tensor y = operator_output(in, "tanh");
  const ForwardMode mode;
  const at::Tensor grad_output = mode.dual(torch::ones_like(y));
  expect_forward_mode_refusal([&] { torch::autograd::grad({y}, {in.x}, {grad_output}); });
}

}  // namespace
}  // namespace dyt::ops::test
