// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/hue.h"

#include <algorithm>
#include <array>
#include <vector>

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
  const double turn = hue / 6.0 + 1.0;  // from 5/6 to 2: its remainder by 1 is exact
  hue = static_cast<float>(turn >= 1 ? turn - 1 : turn);
  return {static_cast<uint8_t>(hue * 255.0), static_cast<uint8_t>(saturation * 255.0), most};
}

// Of 0 to 255, halves up.
uint8_t rounded(double value) {
  const int whole = static_cast<int>(value);
  return static_cast<uint8_t>(value - whole >= 0.5 ? whole + 1 : whole);
}

// hsv_of() by table: H follows from which channel is the largest, which the least, by how much, and
// how far the middle one is below the largest; S from two of these. Divisions take most of its
// time.
class HsvTable {
 public:
  HsvTable() : hues_(kOrders << 16), saturations_(1 << 16) {
    for (size_t range = 1; range < 256; ++range) {
      for (size_t below = 0; below <= range; ++below) {
        fill_hues(range, below);
      }
      for (size_t most = range; most < 256; ++most) {
        const Triple rgb = {static_cast<uint8_t>(most), static_cast<uint8_t>(most - range),
                            static_cast<uint8_t>(most - range)};
        saturations_[range << 8 | most] = hsv_of(rgb.data())[1];
      }
    }
  }

  Triple of(const uint8_t* rgb) const {
    const Order order = order_of(rgb);
    if (order.range == 0) {
      return {0, 0, order.most};
    }
    return {hues_[order.place()], saturations_[order.range << 8 | order.most], order.most};
  }

 private:
  static constexpr size_t kOrders = 6;

  struct Order {
    size_t number;        // of the six
    size_t range, below;  // largest - least, largest - middle
    uint8_t most;

    size_t place() const { return number << 16 | range << 8 | below; }
  };

  // Of equal channels the first is the largest, as in hsv_of().
  static Order order_of(const uint8_t* rgb) {
    const int most = std::max({rgb[0], rgb[1], rgb[2]}), least = std::min({rgb[0], rgb[1], rgb[2]});
    const int middle = rgb[0] + rgb[1] + rgb[2] - most - least;
    const size_t first = rgb[0] == most ? 0 : rgb[1] == most ? 1 : 2;
    const size_t next = rgb[(first + 1) % 3] == least ? 1 : 0;
    return {.number = 2 * first + next,
            .range = static_cast<size_t>(most - least),
            .below = static_cast<size_t>(most - middle),
            .most = static_cast<uint8_t>(most)};
  }

  void fill_hues(size_t range, size_t below) {
    const auto middle = static_cast<uint8_t>(255 - below),
               least = static_cast<uint8_t>(255 - range);
    for (size_t first = 0; first < 3; ++first) {
      for (const bool next_is_least : {false, true}) {
        Triple rgb{};
        rgb[first] = 255;
        rgb[(first + 1) % 3] = next_is_least ? least : middle;
        rgb[(first + 2) % 3] = next_is_least ? middle : least;
        hues_[order_of(rgb.data()).place()] = hsv_of(rgb.data())[0];
      }
    }
  }

  std::vector<uint8_t> hues_, saturations_;
};

Triple hsv_by_table(const uint8_t* rgb) {
  static const HsvTable kTable;
  return kTable.of(rgb);
}

struct Turn {
  uint8_t sextant = 0;
  float share = 0;  // of the sextant
};

std::array<Turn, 256> turns() {
  std::array<Turn, 256> all;
  for (size_t hue = 0; hue < all.size(); ++hue) {
    const double turn = static_cast<float>(hue) * 6.0 / 255.0;
    const int sextant = static_cast<int>(turn);
    all[hue] = {.sextant = static_cast<uint8_t>(sextant % 6),
                .share = static_cast<float>(turn - sextant)};
  }
  return all;
}

Triple rgb_of(const uint8_t* hsv) {
  static const std::array<Turn, 256> kTurns = turns();
  // Which of v, p, q, t the channels take in each sextant.
  static constexpr Triple kTaken[] = {{0, 3, 1}, {2, 0, 1}, {1, 0, 3},
                                      {1, 2, 0}, {3, 1, 0}, {0, 1, 2}};
  const uint8_t v = hsv[2];
  if (hsv[1] == 0) {
    return {v, v, v};
  }
  const auto [sextant, share] = kTurns[hsv[0]];
  const auto saturation = static_cast<float>(static_cast<float>(hsv[1]) / 255.0);
  const auto value = static_cast<float>(v);
  const std::array<uint8_t, 4> values = {v, rounded(value * (1.0 - saturation)),
                                         rounded(value * (1.0 - saturation * share)),
                                         rounded(value * (1.0 - saturation * (1.0 - share)))};
  const Triple& taken = kTaken[sextant];
  return {values[taken[0]], values[taken[1]], values[taken[2]]};
}

Image converted(Image image, Triple (*convert)(const uint8_t*)) {
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    const Triple triple = convert(image.pixels.data() + i);
    std::copy(triple.begin(), triple.end(), image.pixels.begin() + static_cast<int64_t>(i));
  }
  return image;
}

}  // namespace

Image rgb_to_hsv(const Image& image) { return converted(image, hsv_by_table); }

Image hsv_to_rgb(const Image& image) { return converted(image, rgb_of); }

Image adjust_hue(const Image& image, double shift) {
  if (image.channels == 1) {
    return image;
  }
  Image output = image;
  const int steps = static_cast<int>(shift * 255);
  for (size_t i = 0; i < output.pixels.size(); i += 3) {
    uint8_t* pixel = output.pixels.data() + i;
    Triple hsv = hsv_by_table(pixel);
    hsv[0] = static_cast<uint8_t>(hsv[0] + steps);
    const Triple rgb = rgb_of(hsv.data());
    std::copy(rgb.begin(), rgb.end(), pixel);
  }
  return output;
}

}  // namespace dyt::pixels
