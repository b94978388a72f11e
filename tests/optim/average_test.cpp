// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/average.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"

namespace dyt::optim {
namespace {

at::Tensor full(double value) { return torch::full({2}, value, at::kDouble); }

TEST(MoveAverage, PairsByName) {
  const std::vector<NamedTensor> averages = {{"a", full(1)}, {"b", full(2)}};
  const std::vector<NamedTensor> values = {{"b", full(12).requires_grad_()}, {"a", full(11)}};
  move_average(averages, values, 0.9);
  EXPECT_TRUE(at::allclose(averages[0].tensor, full(0.9 * 1 + 0.1 * 11), 1e-15));
  EXPECT_TRUE(at::allclose(averages[1].tensor, full(0.9 * 2 + 0.1 * 12), 1e-15));
  EXPECT_FALSE(averages[1].tensor.requires_grad());
  move_average(averages, values, 0);
  EXPECT_TRUE(at::equal(averages[0].tensor, full(11))) << "decay 0 copies";
}

TEST(MoveAverage, RefusesWhatHasNoPair) {
  const std::vector<NamedTensor> one = {{"a", full(1)}}, two = {{"a", full(3)}, {"b", full(2)}};
  const std::vector<NamedTensor> longer = {{"a", torch::zeros({3}, at::kDouble)}};
  const auto internal = core::ErrorKind::kInternal;
  testing::expect_error(internal, "b", [&] { move_average(one, two, 0.5); });
  testing::expect_error(internal, "b", [&] { move_average(two, one, 0.5); });
  testing::expect_error(internal, "a", [&] { move_average(longer, one, 0.5); });
  EXPECT_TRUE(at::equal(one[0].tensor, full(1)));
}

}  // namespace
}  // namespace dyt::optim
