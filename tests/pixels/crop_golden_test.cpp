// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/crop.h"
#include "dyt/pixels/random_crop.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

int64_t number(const Parts& parts, size_t place) { return std::stoll(parts.at(place)); }

TEST(Crop, HasTorchvisionsBits) {
  const Golden golden("crops");
  golden.same_bits("center", 20, [&](const Parts& parts) {
    return center_crop(golden.image(parts.at(1)), number(parts, 2));
  });
  golden.same_bits("shorter", 24, [&](const Parts& parts) {
    return resize_shorter(golden.image(parts.at(1)), number(parts, 3), filter_of_name(parts.at(2)));
  });
  golden.same_bits("resized_crop", 8, [&](const Parts& parts) {
    const Rectangle part{.top = number(parts, 3),
                         .left = number(parts, 4),
                         .height = number(parts, 5),
                         .width = number(parts, 6)};
    return resized_crop(golden.image(parts.at(1)), part, number(parts, 7),
                        filter_of_name(parts.at(2)));
  });
  golden.same_bits("flip", 4,
                   [&](const Parts& parts) { return flip_horizontal(golden.image(parts.at(1))); });
}

TEST(Crop, AdmCenterCropHasTheBitsOfItsRuleOnPillow) {
  const Golden golden("crops");
  golden.same_bits("adm", 8, [&](const Parts& parts) {
    return adm_center_crop(golden.image(parts.at(1)), number(parts, 2));
  });
}

TEST(Crop, SizesFollowTheRuleOfTimm) {
  const Golden golden("numbers");
  const auto rows = values_of<double>(golden.tensor("crop_size"));
  ASSERT_EQ(rows.size(), 200u * 6);
  for (size_t row = 0; row < rows.size(); row += 6) {
    const Size image{.height = static_cast<int64_t>(rows[row]),
                     .width = static_cast<int64_t>(rows[row + 1])};
    const Size size = crop_size(image, rows[row + 2], rows[row + 3]);
    EXPECT_EQ(size.height, static_cast<int64_t>(rows[row + 4])) << row;
    EXPECT_EQ(size.width, static_cast<int64_t>(rows[row + 5])) << row;
  }
}

TEST(Crop, FallbackIsTorchvisions) {
  const auto rows = values_of<int64_t>(Golden("numbers").tensor("fallback"));
  ASSERT_EQ(rows.size(), 8u * 6);
  for (size_t row = 0; row < rows.size(); row += 6) {
    const Rectangle expected{.top = rows[row + 2],
                             .left = rows[row + 3],
                             .height = rows[row + 4],
                             .width = rows[row + 5]};
    EXPECT_EQ(fallback_crop({}, {.height = rows[row], .width = rows[row + 1]}), expected) << row;
  }
}

TEST(Crop, PaddingIsBlackAndKeepsTheImage) {
  const Image image = Golden("crops").image("wide");
  const Image framed = pad(image, {.left = 1, .top = 2, .right = 3, .bottom = 4});
  EXPECT_EQ(framed.height, image.height + 6);
  EXPECT_EQ(framed.width, image.width + 4);
  const Rectangle inside{.top = 2, .left = 1, .height = image.height, .width = image.width};
  EXPECT_EQ(crop(framed, inside).pixels, image.pixels);
  EXPECT_EQ(crop(framed, {.height = 2, .width = framed.width}).pixels,
            std::vector<uint8_t>(static_cast<size_t>(2 * framed.width * 3), 0));
}

TEST(Crop, GreyBecomesRgbByRepeating) {
  const Image grey{.height = 1, .width = 2, .channels = 1, .pixels = {7, 200}};
  EXPECT_EQ(to_rgb(grey).pixels, (std::vector<uint8_t>{7, 7, 7, 200, 200, 200}));
  EXPECT_EQ(to_rgb(to_rgb(grey)).pixels, to_rgb(grey).pixels);
}

}  // namespace
}  // namespace dyt::pixels
