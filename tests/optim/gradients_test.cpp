// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/gradients.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace dyt::optim {
namespace {

std::vector<NamedTensor> with_gradients() {
  std::vector<NamedTensor> parameters = {
      {"large", torch::zeros({2, 2}, at::kDouble)},
      {"head.last_layer.weight_v", torch::zeros({2}, at::kDouble)},
      {"none", torch::zeros({3}, at::kDouble)}};
  parameters[0].tensor.mutable_grad() = torch::full({2, 2}, 3.0, at::kDouble);  // of norm 6
  parameters[1].tensor.mutable_grad() = torch::tensor({0.03, 0.04}, at::kDouble);
  return parameters;
}

TEST(ClipEachGradient, EveryTensorByItself) {
  const auto parameters = with_gradients();
  const at::Tensor small = parameters[1].tensor.grad().clone();
  clip_each_gradient(parameters, 0.3);
  EXPECT_TRUE(at::allclose(parameters[0].tensor.grad(),
                           torch::full({2, 2}, 3 * 0.3 / (6 + 1e-6), at::kDouble), 1e-14, 0));
  EXPECT_TRUE(at::equal(parameters[1].tensor.grad(), small)) << "below the limit as it was";
  EXPECT_FALSE(parameters[2].tensor.grad().defined());
}

TEST(DropGradients, AreGoneNotZero) {
  const auto parameters = with_gradients();
  drop_gradients(parameters, "last_layer");
  EXPECT_TRUE(parameters[0].tensor.grad().defined());
  EXPECT_FALSE(parameters[1].tensor.grad().defined());
}

}  // namespace
}  // namespace dyt::optim
