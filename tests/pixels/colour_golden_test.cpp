// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/hash.h"
#include "dyt/pixels/blur.h"
#include "dyt/pixels/color_jitter.h"
#include "dyt/pixels/enhance.h"
#include "dyt/pixels/hue.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

TEST(Colour, HasTorchvisionsBits) {
  const Golden golden("colour");
  const auto image = [&](const Parts& parts) { return golden.image(parts.at(1)); };
  const auto value = [](const Parts& parts) { return std::stod(parts.at(2)); };
  golden.same_bits("brightness", 4,
                   [&](const Parts& p) { return enhance_brightness(image(p), value(p)); });
  golden.same_bits("contrast", 4,
                   [&](const Parts& p) { return enhance_contrast(image(p), value(p)); });
  golden.same_bits("saturation", 4,
                   [&](const Parts& p) { return enhance_color(image(p), value(p)); });
  golden.same_bits("hue", 32, [&](const Parts& p) { return adjust_hue(image(p), value(p)); });
  golden.same_bits("grey", 4, [&](const Parts& p) { return grey_as_before(image(p)); });
}

TEST(Colour, GaussianBlurHasPillowsBits) {
  const Golden golden("colour");
  golden.same_bits("blur", 36, [&](const Parts& parts) {
    return gaussian_blur(golden.image(parts.at(1)), std::stod(parts.at(2)));
  });
}

TEST(Colour, JitterHasTorchvisionsBits) {
  const Golden golden("colour");
  golden.same_bits("jitter", 12, [&](const Parts& parts) {
    const std::vector<std::string> values = core::split(parts.at(2), ',');
    ColorJitter jitter{.brightness = std::stod(values.at(0)),
                       .contrast = std::stod(values.at(1)),
                       .saturation = std::stod(values.at(2)),
                       .hue = std::stod(values.at(3))};
    const std::vector<std::string> order = core::split(parts.at(3), ',');
    for (size_t i = 0; i < 4; ++i) {
      jitter.order[i] = std::stoi(order.at(i));
    }
    return apply_color_jitter(golden.image(parts.at(1)), jitter);
  });
}

// Red the slowest, blue the fastest.
Image every_colour() {
  Image image{.height = 4096, .width = 4096, .channels = 3};
  image.pixels.resize(size_t{3} << 24);
  for (uint32_t colour = 0; colour < 1u << 24; ++colour) {
    uint8_t* pixel = image.pixels.data() + size_t{3} * colour;
    pixel[0] = static_cast<uint8_t>(colour >> 16);
    pixel[1] = static_cast<uint8_t>(colour >> 8);
    pixel[2] = static_cast<uint8_t>(colour);
  }
  return image;
}

void expect_sum(const Image& image, const std::string& name) {
  const auto sum =
      core::sha256({reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()});
  EXPECT_EQ(std::vector<uint8_t>(sum.begin(), sum.end()),
            values_of<uint8_t>(Golden("colour").tensor("sha256/" + name)));
}

TEST(Colour, EveryColourBecomesPillowsGrey) { expect_sum(to_grey(every_colour()), "grey"); }

TEST(Colour, EveryColourBecomesPillowsHsv) { expect_sum(rgb_to_hsv(every_colour()), "hsv"); }

TEST(Colour, EveryHsvBecomesPillowsColour) { expect_sum(hsv_to_rgb(every_colour()), "rgb"); }

}  // namespace
}  // namespace dyt::pixels
