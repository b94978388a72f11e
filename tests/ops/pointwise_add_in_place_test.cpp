// SPDX-License-Identifier: Apache-2.0
// dyt::pointwise_add_: the bits of dyt::pointwise_add in the memory of its arguments.
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

constexpr at::ScalarType kAddInPlaceTypes[] = {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf};

void add_in_place(PointwiseInputs& in, at::Tensor& residual, const std::string& function = "tanh") {
  pointwise_add_(in.x, residual, in.alpha, in.shift, in.weight, in.bias, function, in.channel_dim);
}

void expect_bits_of_add(PointwiseInputs in, at::Tensor residual, const std::string& function) {
  const auto [y, sum] = add_output(in, residual, function);
  const void *place = in.x.const_data_ptr(), *sum_place = residual.const_data_ptr();
  const auto version = in.x._version(), sum_version = residual._version();
  add_in_place(in, residual, function);
  EXPECT_TRUE(torch::equal(in.x, y)) << function;
  EXPECT_TRUE(torch::equal(residual, sum)) << function;
  EXPECT_EQ(in.x.const_data_ptr(), place);
  EXPECT_EQ(residual.const_data_ptr(), sum_place);
  EXPECT_GT(in.x._version(), version);
  EXPECT_GT(residual._version(), sum_version);
}

TEST(PointwiseAddInPlace, SameBits) {
  for (const at::ScalarType type : kAddInPlaceTypes) {
    for (const std::string& function : kFunctionNames) {
      for (const int64_t channel_dim : {0, -1}) {
        const PointwiseInputs in = make_inputs({7, 33}, channel_dim, 7, type);
        expect_bits_of_add(in, residual_like(in.x), function);
      }
    }
  }
}

TEST(PointwiseAddInPlace, LargeEnoughForStoresPastTheCaches) {
  const PointwiseInputs in = make_inputs({6000, 4096}, -1, 7, at::kFloat);
  expect_bits_of_add(in, residual_like(in.x), "tanh");
}

TEST(PointwiseAddInPlace, NonContiguousTensors) {
  PointwiseInputs in = make_inputs({6, 5}, -1, 0, at::kFloat);
  in.x = in.x.t();
  expect_bits_of_add(in, residual_like(in.x), "tanh");
  expect_bits_of_add(in, residual_like(in.x.t()).t(), "tanh");
}

TEST(PointwiseAddInPlace, SharedMemoryIsAnError) {
  PointwiseInputs in = make_inputs({4, 5}, -1, 0, at::kFloat);
  at::Tensor same = in.x;
  EXPECT_THROW(add_in_place(in, same), core::Error);
  const at::Tensor whole = torch::ones({5, 5});
  in.x = whole.slice(0, 0, 4);
  at::Tensor across = whole.slice(0, 1, 5);
  EXPECT_THROW(add_in_place(in, across), core::Error);
}

TEST(PointwiseAddInPlace, ApartInOneStorage) {
  const at::Tensor whole = torch::linspace(-2, 2, 40).view({8, 5});
  PointwiseInputs in = make_inputs({4, 5}, -1, 7, at::kFloat);
  in.x = whole.slice(0, 0, 4);
  expect_bits_of_add(in, whole.slice(0, 4, 8), "tanh");
}

// x, residual, or a parameter.
TEST(PointwiseAddInPlace, RefusesWhereAGradientIsWanted) {
  for (size_t n = 0; n < 6; ++n) {
    PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
    at::Tensor residual = residual_like(in.x);
    (n == 5 ? residual : leaves(in)[n]).set_requires_grad(true);
    EXPECT_THROW(add_in_place(in, residual), core::Error) << n;
    const torch::NoGradGuard no_grad;
    EXPECT_NO_THROW(add_in_place(in, residual)) << n;
  }
}

}  // namespace
}  // namespace dyt::ops::test
