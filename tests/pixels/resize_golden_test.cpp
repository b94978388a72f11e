// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/random.h"
#include "dyt/pixels/resample.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

std::optional<Box> box_of(const std::string& text) {
  if (text == "whole") {
    return std::nullopt;
  }
  const std::vector<std::string> corners = core::split(text, ',');
  return Box{.left = std::stof(corners.at(0)),
             .top = std::stof(corners.at(1)),
             .right = std::stof(corners.at(2)),
             .bottom = std::stof(corners.at(3))};
}

TEST(Resize, HasPillowsBits) {
  const Golden golden("resize");
  golden.same_bits("resize", 75, [&](const Parts& parts) {
    return resize(golden.image(parts.at(1)),
                  {.height = std::stoll(parts.at(3)), .width = std::stoll(parts.at(4))},
                  filter_of_name(parts.at(2)), box_of(parts.at(5)));
  });
}

TEST(Resize, ToTheSameSizeIsTheImage) {
  const Image image = Golden("resize").image("rgb");
  for (const std::string& name : filter_names()) {
    EXPECT_EQ(resize(image, {.height = 23, .width = 37}, filter_of_name(name)).pixels,
              image.pixels);
  }
}

TEST(Resize, AFlatImageStaysFlat) {
  const Image flat{
      .height = 13, .width = 17, .channels = 1, .pixels = std::vector<uint8_t>(221, 200)};
  for (const std::string& name : filter_names()) {
    for (const int64_t side : {1, 5, 13, 40}) {
      const Image output = resize(flat, {.height = side, .width = side + 1}, filter_of_name(name));
      EXPECT_EQ(output.pixels, std::vector<uint8_t>(static_cast<size_t>(side * (side + 1)), 200))
          << name << side;
    }
  }
}

// Channel `channel` alone: grey images take the plain loop across, colours the vectors.
Image plane_of(const Image& image, int64_t channel) {
  Image plane{.height = image.height, .width = image.width, .channels = 1};
  for (size_t i = static_cast<size_t>(channel); i < image.pixels.size(); i += 3) {
    plane.pixels.push_back(image.pixels[i]);
  }
  return plane;
}

TEST(Resize, ColoursAreTheirChannels) {
  core::RandomStream random(0, "resize");
  for (int n = 0; n < 60; ++n) {
    Image image{.height = 1 + static_cast<int64_t>(random.below(90)),
                .width = 1 + static_cast<int64_t>(random.below(90)),
                .channels = 3};
    for (int64_t i = 0; i < 3 * image.height * image.width; ++i) {
      image.pixels.push_back(static_cast<uint8_t>(random.below(256)));
    }
    const Size size{.height = 1 + static_cast<int64_t>(random.below(120)),
                    .width = 1 + static_cast<int64_t>(random.below(120))};
    const Image output = resize(image, size, Filter::kBicubic);
    for (int64_t channel = 0; channel < 3; ++channel) {
      EXPECT_EQ(plane_of(output, channel).pixels,
                resize(plane_of(image, channel), size, Filter::kBicubic).pixels);
    }
  }
}

}  // namespace
}  // namespace dyt::pixels
