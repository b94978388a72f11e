// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/planes.h"

#include "dyt/pixels/random_crop.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

TEST(Normalize, HasTorchvisionsBits) {
  const Golden golden("values");
  golden.each("normalize", 4, [&](const Parts& parts, const formats::TensorEntry& entry) {
    const Image image = golden.image(parts.at(1));
    std::vector<float> found(image.pixels.size());
    normalize(image, parts.at(2) == "half" ? kHalfNormalization : Normalization(), found.data());
    EXPECT_EQ(found, values_of<float>(entry));
  });
}

TEST(Erase, SizesFollowTheRuleOfTimm) {
  const auto rows = values_of<double>(Golden("numbers").tensor("erase_size"));
  ASSERT_EQ(rows.size(), 200u * 6);
  for (size_t row = 0; row < rows.size(); row += 6) {
    const Size image{.height = static_cast<int64_t>(rows[row]),
                     .width = static_cast<int64_t>(rows[row + 1])};
    const Size size = erase_size(image, rows[row + 2], rows[row + 3]);
    EXPECT_EQ(size.height, static_cast<int64_t>(rows[row + 4])) << row;
    EXPECT_EQ(size.width, static_cast<int64_t>(rows[row + 5])) << row;
  }
}

TEST(Erase, FillsTheBoxAndNothingElse) {
  const Size size{.height = 9, .width = 7};
  const Rectangle box{.top = 2, .left = 3, .height = 5, .width = 4};
  std::vector<float> planes(2 * 9 * 7, 100.0f);
  core::RandomStream random(1, "erase");
  erase(planes.data(), 2, size, box, random);
  core::RandomStream again(1, "erase");
  for (int64_t channel = 0; channel < 2; ++channel) {
    for (int64_t row = 0; row < 9; ++row) {
      for (int64_t column = 0; column < 7; ++column) {
        const bool inside = row >= 2 && row < 7 && column >= 3;
        const float expected = inside ? static_cast<float>(again.normal()) : 100.0f;
        EXPECT_EQ(planes[static_cast<size_t>((channel * 9 + row) * 7 + column)], expected);
      }
    }
  }
}

TEST(Erase, DrawsKeepToTheConfiguration) {
  const Size size{.height = 60, .width = 90};
  const EraseConfig config;
  int erased = 0;
  for (uint64_t sample = 0; sample < 4000; ++sample) {
    core::RandomStream random(3, "erase", {0, sample});
    const auto box = draw_erase(config, size, random);
    if (!box) {
      continue;
    }
    ++erased;
    EXPECT_LT(box->height, size.height);
    EXPECT_LT(box->width, size.width);
    EXPECT_LE(box->top + box->height, size.height);
    EXPECT_LE(box->left + box->width, size.width);
    const double share = static_cast<double>(box->height * box->width) / (60 * 90);
    EXPECT_GT(share, 0.02 * 0.85);
    EXPECT_LT(share, 0.3334 * 1.1);
  }
  EXPECT_NEAR(erased, 1000, 5 * 27.4);  // five standard deviations
}

}  // namespace
}  // namespace dyt::pixels
