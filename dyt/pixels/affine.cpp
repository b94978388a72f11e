// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/affine.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "dyt/core/error.h"
#include "dyt/pixels/internal/bicubic.h"

namespace dyt::pixels {
namespace {

// A place in the image: the pixel at or before it and how far on from that one's centre.
struct Place {
  int64_t pixel = 0;
  double share = 0;
};

Place place_of(double position) {
  const double at = position - 0.5;  // -0.5 or more
  const auto cut = static_cast<int64_t>(at);
  const int64_t floor = at < static_cast<double>(cut) ? cut - 1 : cut;
  return {.pixel = floor, .share = at - static_cast<double>(floor)};
}

// Where the `Count` pixels around a place begin, in values; the nearest pixel where there is none.
template <size_t kCount>
std::array<int64_t, kCount> around(int64_t first, int64_t pixels, int64_t step) {
  std::array<int64_t, kCount> places{};
  for (size_t n = 0; n < kCount; ++n) {
    places[n] = std::clamp<int64_t>(first + static_cast<int64_t>(n), 0, pixels - 1) * step;
  }
  return places;
}

class Sampler {
 public:
  explicit Sampler(const Image& image) : image_(image) {}

  void bilinear(const Place& x, const Place& y, uint8_t* output) const {
    const auto rows = around<2>(y.pixel, image_.height, image_.width * image_.channels);
    const auto columns = around<2>(x.pixel, image_.width, image_.channels);
    for (int64_t channel = 0; channel < image_.channels; ++channel) {
      const uint8_t* values = image_.pixels.data() + channel;
      const auto line = [&](int64_t row) {
        const double left = values[row + columns[0]];
        return left + (values[row + columns[1]] - left) * x.share;
      };
      const double upper = line(rows[0]);
      output[channel] = static_cast<uint8_t>(upper + (line(rows[1]) - upper) * y.share);
    }
  }

  void bicubic(const Place& x, const Place& y, uint8_t* output) const {
    const internal::Neighbours neighbours{
        .rows = around<4>(y.pixel - 1, image_.height, image_.width * image_.channels),
        .columns = around<4>(x.pixel - 1, image_.width, image_.channels),
        .x = x.share,
        .y = y.share};
    const uint8_t* values = image_.pixels.data();
    const int64_t last = neighbours.rows[3] + neighbours.columns[3];
    if (image_.channels == 3 && last + 3 < static_cast<int64_t>(image_.pixels.size())) {
      internal::bicubic_colours(values, neighbours, output);
      return;
    }
    for (int64_t channel = 0; channel < image_.channels; ++channel) {
      output[channel] = internal::bicubic(values + channel, neighbours);
    }
  }

 private:
  const Image& image_;
};

// Of -1 to 1.
double rounded_to_15_decimals(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 15)
          .ptr;
  double rounded = 0;
  std::from_chars(text.data(), end, rounded);
  return rounded;
}

}  // namespace

Image transform(const Image& image, const AffineMap& map, Filter filter, const Colour& fill) {
  if (filter != Filter::kBilinear && filter != Filter::kBicubic) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "an affine map cannot be applied with this filter",
                       .where = "pixels::transform",
                       .expected = "bilinear or bicubic",
                       .found = std::string(filter_name(filter))});
  }
  const Sampler sampler(image);
  Image output{.height = image.height, .width = image.width, .channels = image.channels};
  output.pixels.resize(image.pixels.size());
  uint8_t* pixel = output.pixels.data();
  for (int64_t row = 0; row < image.height; ++row) {
    const double to_y = static_cast<double>(row) + 0.5;
    for (int64_t column = 0; column < image.width; ++column, pixel += image.channels) {
      const double to_x = static_cast<double>(column) + 0.5;
      const double x = map.a * to_x + map.b * to_y + map.c;
      const double y = map.d * to_x + map.e * to_y + map.f;
      const bool inside = x >= 0 && x < static_cast<double>(image.width) && y >= 0 &&
                          y < static_cast<double>(image.height);
      if (!inside) {
        std::copy_n(fill.begin(), image.channels, pixel);
      } else if (filter == Filter::kBicubic) {
        sampler.bicubic(place_of(x), place_of(y), pixel);
      } else {
        sampler.bilinear(place_of(x), place_of(y), pixel);
      }
    }
  }
  return output;
}

AffineMap rotation(const Size& size, double degrees) {
  double turn = std::fmod(degrees, 360.0);
  if (turn < 0) {
    turn += 360;
  }
  const double angle = -(turn * (std::numbers::pi / 180));
  const double cosine = rounded_to_15_decimals(std::cos(angle));
  const double sine = rounded_to_15_decimals(std::sin(angle));
  const double x = static_cast<double>(size.width) / 2;
  const double y = static_cast<double>(size.height) / 2;
  AffineMap map{.a = cosine, .b = sine, .d = -sine, .e = cosine};
  map.c = map.a * -x + map.b * -y + 0.0 + x;
  map.f = map.d * -x + map.e * -y + 0.0 + y;
  return map;
}

}  // namespace dyt::pixels
