#include "dyt/pixels/hue.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dyt::pixels {
namespace {

using Triple = std::array<uint8_t, 3>;

// The mix of fp32 and fp64 is Pillow's: only so do values at a rounding border fall to its side.
Triple hsv_of(const uint8_t* rgb) {
  const uint8_t red = rgb[0], green = rgb[1], blue = rgb[2];
  const uint8_t most = std::max({red, green, blue});
  const uint8_t least = std::min({red, green, blue});
  if (most == least) {
    return {0, 0, most};
  }
  const auto range = static_cast<float>(most - least);
  const float saturation = range / static_cast<float>(most);
  const float rc = static_cast<float>(most - red) / range;
  const float gc = static_cast<float>(most - green) / range;
  const float bc = static_cast<float>(most - blue) / range;
  float hue = 0;
  if (red == most) {
    hue = bc - gc;
  } else if (green == most) {
    hue = static_cast<float>(2.0 + rc - bc);
  } else {
    hue = static_cast<float>(4.0 + gc - rc);
  }
  hue = static_cast<float>(std::fmod(hue / 6.0 + 1.0, 1.0));
  return {static_cast<uint8_t>(hue * 255.0), static_cast<uint8_t>(saturation * 255.0), most};
}

uint8_t rounded(double value) {
  return static_cast<uint8_t>(std::clamp(std::round(value), 0.0, 255.0));
}

Triple rgb_of(const uint8_t* hsv) {
  const uint8_t v = hsv[2];
  if (hsv[1] == 0) {
    return {v, v, v};
  }
  const double turn = static_cast<float>(hsv[0]) * 6.0 / 255.0;
  const double sextant = std::floor(turn);
  const auto share = static_cast<float>(turn - sextant);
  const auto saturation = static_cast<float>(static_cast<float>(hsv[1]) / 255.0);
  const auto value = static_cast<float>(v);
  const uint8_t p = rounded(value * (1.0 - saturation));
  const uint8_t q = rounded(value * (1.0 - saturation * share));
  const uint8_t t = rounded(value * (1.0 - saturation * (1.0 - share)));
  switch (static_cast<int>(sextant) % 6) {
    case 0:
      return {v, t, p};
    case 1:
      return {q, v, p};
    case 2:
      return {p, v, t};
    case 3:
      return {p, q, v};
    case 4:
      return {t, p, v};
    default:
      return {v, p, q};
  }
}

Image converted(Image image, Triple (*convert)(const uint8_t*)) {
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    const Triple triple = convert(image.pixels.data() + i);
    std::copy(triple.begin(), triple.end(), image.pixels.begin() + static_cast<int64_t>(i));
  }
  return image;
}

}  // namespace

Image rgb_to_hsv(const Image& image) { return converted(image, hsv_of); }

Image hsv_to_rgb(const Image& image) { return converted(image, rgb_of); }

Image adjust_hue(const Image& image, double shift) {
  if (image.channels == 1) {
    return image;
  }
  Image hsv = rgb_to_hsv(image);
  const int steps = static_cast<int>(shift * 255);
  for (size_t i = 0; i < hsv.pixels.size(); i += 3) {
    hsv.pixels[i] = static_cast<uint8_t>(hsv.pixels[i] + steps);
  }
  return hsv_to_rgb(hsv);
}

}  // namespace dyt::pixels
