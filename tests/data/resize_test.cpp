// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/image_files.h"

namespace dyt::data {
namespace {

using formats::Image;

Image formula_image(int64_t height, int64_t width) {
  Image image{.height = height, .width = width, .channels = 1};
  for (int64_t row = 0; row < height; ++row) {
    for (int64_t column = 0; column < width; ++column) {
      image.pixels.push_back(
          static_cast<uint8_t>((row * 37 + column * 101 + row * column * 7) % 256));
    }
  }
  return image;
}

Image stripes(int height, int width, int channels) {
  return {.height = height,
          .width = width,
          .channels = channels,
          .pixels = testing::stripes(height, width, channels).pixels};
}

struct Golden {
  int64_t height, width, size;
  std::vector<int> pixels;
};

// Pillow 13.0.0: Image.resize((width, height), BILINEAR) of the formula image, then the same cut.
// It rounds to 8 bits between the two directions, so it may be off by one.
const Golden kPillow[] = {
    {9, 14, 4, {137, 147, 129, 156, 128, 131, 132, 118, 128, 132, 145, 101, 153, 137, 112, 136}},
    {14, 9, 4, {132, 128, 131, 134, 135, 130, 131, 143, 121, 152, 137, 111, 124, 137, 117, 116}},
    {5, 3, 7, {24,  38,  84,  129, 174, 220, 234, 40,  55,  103, 149, 185, 223, 234, 57,  73,  121,
               169, 157, 145, 141, 74,  90,  140, 189, 129, 68,  48,  91,  107, 159, 209, 150, 91,
               71,  108, 125, 177, 229, 172, 113, 94,  124, 129, 142, 156, 140, 123, 118}},
    {30, 40, 5, {131, 123, 117, 127, 122, 132, 123, 127, 124, 125, 131, 127, 122,
                 130, 127, 130, 123, 118, 124, 94,  124, 125, 121, 130, 119}},
};

TEST(ResizeCrop, AgreesWithPillow) {
  for (const Golden& golden : kPillow) {
    const Image square = resize_crop(formula_image(golden.height, golden.width), golden.size);
    ASSERT_EQ(square.pixels.size(), golden.pixels.size());
    for (size_t i = 0; i < golden.pixels.size(); ++i) {
      EXPECT_NEAR(square.pixels[i], golden.pixels[i], 1) << golden.height << " at " << i;
    }
  }
}

// The header's formula, in two dimensions at once.
double exact(const Image& image, int64_t size, int64_t row, int64_t column, int64_t channel) {
  const int64_t shorter = std::min(image.height, image.width);
  const auto weights = [&](int64_t from, int64_t place) {
    const int64_t to = size * from / shorter;
    const double ratio = static_cast<double>(from) / static_cast<double>(to);
    const double cut = std::nearbyint(static_cast<double>(to - size) / 2);
    const double centre = (static_cast<double>(place) + cut + 0.5) * ratio;
    std::vector<double> all;
    for (int64_t j = 0; j < from; ++j) {
      const double distance = std::abs(static_cast<double>(j) + 0.5 - centre);
      all.push_back(std::max(0.0, 1 - distance / std::max(1.0, ratio)));
    }
    return all;
  };
  const std::vector<double> down = weights(image.height, row);
  const std::vector<double> right = weights(image.width, column);
  double sum = 0;
  double total = 0;
  for (size_t y = 0; y < down.size(); ++y) {
    for (size_t x = 0; x < right.size(); ++x) {
      const size_t place = (y * right.size() + x) * static_cast<size_t>(image.channels);
      sum += down[y] * right[x] * image.pixels[place + static_cast<size_t>(channel)];
      total += down[y] * right[x];
    }
  }
  return sum / total;
}

TEST(ResizeCrop, KeepsToItsFormula) {
  for (const int64_t size : {1, 4, 7, 13, 20, 33}) {
    for (const Image& image : {stripes(13, 29, 3), stripes(29, 13, 1), stripes(20, 20, 3)}) {
      const Image square = resize_crop(image, size);
      EXPECT_EQ(square.height, size);
      EXPECT_EQ(square.width, size);
      EXPECT_EQ(square.channels, image.channels);
      size_t place = 0;
      for (int64_t row = 0; row < size; ++row) {
        for (int64_t column = 0; column < size; ++column) {
          for (int64_t channel = 0; channel < image.channels; ++channel) {
            EXPECT_NEAR(square.pixels[place++], exact(image, size, row, column, channel), 1 + 1e-3);
          }
        }
      }
    }
  }
}

TEST(ResizeCrop, OfTheRightSizeOnlyCuts) {
  const Image image = stripes(16, 16, 3);
  EXPECT_EQ(resize_crop(image, 16).pixels, image.pixels);
  // Width, and what torchvision 0.26's CenterCrop(3) cuts off at the left:
  // int(round((width - 3) / 2.0)), Python's round going to the even one of two.
  for (const auto& [width, cut] :
       {std::pair<size_t, size_t>{4, 0}, {5, 1}, {6, 2}, {8, 2}, {10, 4}}) {
    const Image wide = formula_image(3, static_cast<int64_t>(width));
    const Image square = resize_crop(wide, 3);
    for (size_t row = 0; row < 3; ++row) {
      for (size_t column = 0; column < 3; ++column) {
        EXPECT_EQ(square.pixels[row * 3 + column], wide.pixels[row * width + column + cut]);
      }
    }
  }
}

TEST(ResizeCrop, ExtremeShapesTakeNoMoreThanTheirPart) {
  const Image line{
      .height = 1, .width = 65'535, .channels = 1, .pixels = std::vector<uint8_t>(65'535, 77)};
  EXPECT_EQ(resize_crop(line, 64).pixels, std::vector<uint8_t>(64 * 64, 77));
}

}  // namespace
}  // namespace dyt::data
