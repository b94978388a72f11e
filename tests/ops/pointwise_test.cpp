// SPDX-License-Identifier: Apache-2.0
// Forward of dyt::pointwise against LibTorch's own operators; layouts, Meta, autocast, dispatcher.
#include "dyt/ops/pointwise.h"

#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>

#include "tests/ops/pointwise_expression.h"

namespace dyt::ops::test {
namespace {

void expect_close(const at::Tensor& found, const at::Tensor& expected) {
  ASSERT_EQ(found.sizes(), expected.sizes());
  ASSERT_EQ(found.scalar_type(), expected.scalar_type());
  const double tolerance = expected.scalar_type() == at::kFloat ? 1e-6 : 1e-14;
  EXPECT_TRUE(torch::allclose(found, expected, tolerance, tolerance));
}

TEST(Pointwise, EqualsThePlainExpression) {
  for (const std::string& function : kFunctionNames) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
      for (int present = 0; present < 8; ++present) {
        SCOPED_TRACE(function + " present " + std::to_string(present));
        const PointwiseInputs in = make_inputs({3, 5, 7}, -1, present, type);
        expect_close(operator_output(in, function), pointwise_expression(in, function));
      }
    }
  }
}

TEST(Pointwise, ChannelsInAnyDimension) {
  for (const int64_t channel_dim : {0, 1, 2, 3, -1, -2, -3, -4}) {
    SCOPED_TRACE(channel_dim);
    const PointwiseInputs in = make_inputs({2, 3, 4, 5}, channel_dim, 7, at::kFloat);
    expect_close(operator_output(in, "tanh"), pointwise_expression(in, "tanh"));
  }
}

TEST(Pointwise, OneDimensionAndEmptyTensors) {
  for (const std::vector<int64_t>& sizes : {std::vector<int64_t>{7}, {0, 7}, {7, 0}, {2, 0, 3}}) {
    const PointwiseInputs in = make_inputs(sizes, -1, 7, at::kFloat);
    expect_close(operator_output(in, "erf"), pointwise_expression(in, "erf"));
  }
}

TEST(Pointwise, NonContiguousInputsGiveContiguousOutput) {
  PointwiseInputs in = make_inputs({5, 4, 6}, -1, 7, at::kFloat);
  in.x = in.x.transpose(0, 2).slice(1, 0, 4, 2);  // (6, 2, 5)
  in.weight = torch::linspace(-1, 1, 10).slice(0, 0, 10, 2);
  in.bias = torch::full({1}, 0.3F).expand({5});
  const at::Tensor found = operator_output(in, "tanh");
  expect_close(found, pointwise_expression(in, "tanh"));
  EXPECT_TRUE(found.is_contiguous());
}

TEST(Pointwise, OutputIsFresh) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 0, at::kFloat);
  const at::Tensor before = in.x.clone();
  const at::Tensor found = operator_output(in, "linear_clip");
  EXPECT_NE(found.const_data_ptr(), in.x.const_data_ptr());
  EXPECT_TRUE(torch::equal(in.x, before));
}

TEST(Pointwise, MetaGivesShapeAndTypeWithoutData) {
  for (const int64_t channel_dim : {1, -1}) {
    PointwiseInputs in = make_inputs({2, 3, 5}, channel_dim, 7, at::kDouble);
    for (OptionalTensor* tensor : {&in.shift, &in.weight, &in.bias}) {
      *tensor = (*tensor)->to(at::kMeta);
    }
    in.x = in.x.transpose(0, 1).contiguous().transpose(0, 1).to(at::kMeta);
    in.alpha = in.alpha.to(at::kMeta);
    const at::Tensor found = operator_output(in, "tanh");
    EXPECT_TRUE(found.is_meta());
    EXPECT_EQ(found.sizes(), in.x.sizes());
    EXPECT_EQ(found.scalar_type(), at::kDouble);
    EXPECT_TRUE(found.is_contiguous());  // as the CPU's
  }
}

TEST(Pointwise, AutocastPassesThrough) {
  const PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  const at::Tensor expected = operator_output(in, "tanh");
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const at::Tensor found = operator_output(in, "tanh");
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_TRUE(torch::equal(found, expected));
}

TEST(Pointwise, ParametersWithOneElementMayHaveNoDimension) {
  PointwiseInputs in = make_inputs({3, 4}, -1, 7, at::kFloat);
  const at::Tensor expected = operator_output(in, "erf");
  in.alpha = in.alpha.squeeze();
  in.shift = in.shift->squeeze();
  EXPECT_TRUE(torch::equal(operator_output(in, "erf"), expected));
}

}  // namespace
}  // namespace dyt::ops::test
