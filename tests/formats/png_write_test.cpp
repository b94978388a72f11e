// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/png_write.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace dyt::formats {
namespace {

Image picture(int64_t channels) {
  Image image{.height = 5, .width = 7, .channels = channels};
  for (int64_t i = 0; i < 35 * channels; ++i) {
    image.pixels.push_back(static_cast<uint8_t>(i * 37));
  }
  return image;
}

TEST(PngWrite, ReadsBackAsItWas) {
  for (const int64_t channels : {1, 3}) {
    const Image image = picture(channels);
    const std::string bytes = png_bytes(image);
    const Image again = parse_image(bytes, "test.png");
    EXPECT_EQ(again.height, 5);
    EXPECT_EQ(again.width, 7);
    EXPECT_EQ(again.channels, channels);
    EXPECT_EQ(again.pixels, image.pixels);
    EXPECT_EQ(png_bytes(image), bytes);
  }
}

TEST(PngWrite, WhatIsNoPicture) {
  Image image = picture(3);
  image.channels = 2;
  testing::expect_error(core::ErrorKind::kInternal, "no grey or RGB", [&] { png_bytes(image); });
  testing::expect_error(core::ErrorKind::kInternal, "no grey or RGB", [] { png_bytes({}); });
}

}  // namespace
}  // namespace dyt::formats
