// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/image_grid.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"

namespace dyt::data {
namespace {

using testing::expect_error;

// Picture i of `count`, all of it 10 * i + channel.
at::Tensor pictures(int64_t count, int64_t channels, int64_t height, int64_t width) {
  const at::Tensor value = 10 * torch::arange(count).reshape({count, 1, 1, 1}) +
                           torch::arange(channels).reshape({1, channels, 1, 1});
  return value.expand({count, channels, height, width}).to(torch::kByte);
}

TEST(ImageGrid, RowByRowWithGaps) {
  const at::Tensor grid = image_grid(pictures(3, 3, 4, 5));
  ASSERT_EQ(grid.sizes(), at::IntArrayRef({2 * 6 + 2, 2 * 7 + 2, 3}));
  EXPECT_TRUE(grid.is_contiguous());
  const auto is = [&](int64_t row, int64_t column, std::vector<int64_t> colour) {
    return at::equal(grid[row][column], torch::tensor(colour, torch::kByte));
  };
  EXPECT_TRUE(is(2, 2, {0, 1, 2})) << "the first picture's first pixel";
  EXPECT_TRUE(is(5, 6, {0, 1, 2})) << "its last one";
  EXPECT_TRUE(is(2, 9, {10, 11, 12})) << "the second stands beside it";
  EXPECT_TRUE(is(8, 2, {20, 21, 22})) << "the third below it";
  EXPECT_TRUE(is(1, 2, {255, 255, 255})) << "the gap above";
  EXPECT_TRUE(is(8, 9, {255, 255, 255})) << "a place without a picture";
}

TEST(ImageGrid, PixelsStayInTheirPlaces) {
  const at::Tensor images = torch::arange(2 * 3 * 4).reshape({2, 1, 3, 4}).to(torch::kByte);
  const at::Tensor grid = image_grid(images, {.columns = 1, .gap = 0});
  EXPECT_TRUE(at::equal(grid, images.reshape({6, 4, 1})));
}

TEST(ImageGrid, ColumnsGapAndBackground) {
  EXPECT_EQ(image_grid(pictures(9, 1, 2, 2), {.gap = 1}).sizes(), at::IntArrayRef({10, 10, 1}));
  EXPECT_EQ(image_grid(pictures(10, 1, 2, 2), {.gap = 0}).sizes(), at::IntArrayRef({6, 8, 1}));
  const at::Tensor grid =
      image_grid(pictures(1, 1, 2, 2), {.columns = 2, .gap = 1, .background = 7});
  EXPECT_EQ(grid.sizes(), at::IntArrayRef({4, 7, 1}));
  EXPECT_EQ(grid.sum().item<int64_t>(), 7 * (4 * 7 - 4));
}

TEST(ImageGrid, WhatDoesNotFit) {
  const auto expect_refused = [](const at::Tensor& images) {
    expect_error(core::ErrorKind::kUsage, "needs pictures", [&] { image_grid(images); });
  };
  expect_refused(torch::zeros({1, 3, 2, 2}));
  expect_refused(pictures(1, 2, 2, 2));
  expect_refused(pictures(0, 3, 2, 2));
  expect_refused(pictures(2, 3, 2, 2)[0]);
  expect_error(core::ErrorKind::kUsage, "columns or gap",
               [] { image_grid(pictures(1, 3, 2, 2), {.gap = -1}); });
}

}  // namespace
}  // namespace dyt::data
