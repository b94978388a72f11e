// SPDX-License-Identifier: Apache-2.0
// What becomes of each unusual file of vision/jpeg-conformance: decoded as Pillow does, or refused
// with a reason. (image_test.cpp compares the pixels of all that decode with their reference.)
#include <cstdlib>

#include "dyt/core/files.h"
#include "dyt/formats/image.h"
#include "tests/formats/formats_test_util.h"

namespace dyt::formats {
namespace {

class JpegConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("DYT_TEST_DATA");
    if (data == nullptr) {
      GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/jpeg-conformance/";
    }
    folder_ = std::filesystem::path(data) / "vision/jpeg-conformance";
  }

  std::filesystem::path folder_;
};

TEST_F(JpegConformance, TwelveBitSamplesAreRefused) {
  const std::string message = data_error([&] { read_image(folder_ / "monkey12.jpg"); });
  EXPECT_TRUE(mentions(message, "precision 12"));
  EXPECT_TRUE(mentions(message, "monkey12.jpg"));
}

TEST_F(JpegConformance, DataThatEndEarlyAreRefused) {
  const std::string message = data_error([&] { read_image(folder_ / "corrupt.jpg"); });
  EXPECT_TRUE(mentions(message, "ends before the last pixel"));
  EXPECT_TRUE(mentions(message, "corrupt.jpg"));
  EXPECT_EQ(read_image_info(folder_ / "corrupt.jpg").width, 120);  // its header is whole
}

TEST_F(JpegConformance, DamageThatLeavesEveryPixelIsAccepted) {
  const Image image = read_image(folder_ / "bad_huffman.jpg");
  EXPECT_EQ(image.width, 1024);
  EXPECT_EQ(image.height, 768);
  EXPECT_EQ(image.channels, 3);
}

// Pillow's convert("RGB") of the file: corners and middle.
TEST_F(JpegConformance, CmykBecomesPillowsRgb) {
  const Image image = read_image(folder_ / "cmyk.jpg");
  ASSERT_EQ(image.channels, 3);
  const auto expect_pixel = [&image](int64_t column, int64_t row, std::vector<int> rgb) {
    for (size_t channel = 0; channel < 3; ++channel) {
      const auto place = static_cast<size_t>((row * image.width + column) * 3) + channel;
      EXPECT_NEAR(image.pixels[place], rgb[channel], 1) << column << "," << row;
    }
  };
  expect_pixel(0, 0, {0, 0, 0});
  expect_pixel(1279, 0, {255, 0, 127});
  expect_pixel(0, 719, {0, 255, 127});
  expect_pixel(1279, 719, {255, 255, 254});
  expect_pixel(640, 360, {127, 127, 127});
}

// Of whole files, cut anywhere, sequential or progressive, grey or CMYK: an error that names the
// file, never an image whose rest is made up.
TEST_F(JpegConformance, EveryCutIsAnError) {
  for (const char* name : {"photo_444.jpg", "photo_420_progressive.jpg", "testimgari.jpg",
                           "grayscale.jpg", "cmyk.jpg", "nasa_frame_000015.jpg"}) {
    const std::string whole = core::read_file(folder_ / name);
    for (size_t part = 0; part < 24; ++part) {
      const std::string cut = whole.substr(0, whole.size() * part / 24);
      EXPECT_TRUE(mentions(data_error([&] { parse_image(cut, name); }), name)) << part;
    }
  }
}

}  // namespace
}  // namespace dyt::formats
