// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/attention_maps.h"

#include <gtest/gtest.h>

namespace dyt::tasks {
namespace {

TEST(AttentionPicture, BrightestWhereTheWeightIsLargest) {
  const at::Tensor pixels = at::full({1, 3, 4, 4}, 9, at::kByte);
  at::Tensor weights = at::zeros({1, 2, 5, 5});
  weights[0][0][0] = at::tensor({0.6, 0.1, 0.2, 0.05, 0.05}, at::kFloat);  // the class token's
  weights[0][1].slice(0, 1) = at::tensor({0.0, 0.0, 0.0, 0.0, 1.0}, at::kFloat);
  const auto cell = [](const train::Picture& picture, int64_t column) {
    return picture.pixels.slice(0, 2, 6).slice(1, 2 + 6 * column, 6 + 6 * column).select(2, 0);
  };
  const train::Picture by_class = attention_picture(pixels, weights, Looker::kClassToken);
  EXPECT_EQ(by_class.name, "attention");
  ASSERT_EQ(by_class.pixels.sizes(), (std::vector<int64_t>{8, 20, 3}));
  EXPECT_TRUE(cell(by_class, 0).eq(9).all().item<bool>()) << "the image itself";
  EXPECT_EQ(cell(by_class, 1)[0][0].item<int>(), 128);
  EXPECT_EQ(cell(by_class, 1)[1][3].item<int>(), 255);
  EXPECT_EQ(cell(by_class, 1)[3][3].item<int>(), 64);
  EXPECT_TRUE(cell(by_class, 2).eq(0).all().item<bool>());
  const train::Picture by_patches = attention_picture(pixels, weights, Looker::kPatches);
  EXPECT_EQ(cell(by_patches, 2)[3][3].item<int>(), 255);
  EXPECT_EQ(cell(by_patches, 2)[0][0].item<int>(), 0);
}

}  // namespace
}  // namespace dyt::tasks
