#include "dyt/pixels/affine.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "dyt/core/error.h"

namespace dyt::pixels {
namespace {

// A cubic through v[1] (at 0) and v[2] (at 1) with slopes v[2] - v[0] and v[3] - v[1]: Keys' cubic
// with a = -1.
double cubic_between(const std::array<double, 4>& v, double at) {
  const double p2 = -v[0] + v[2];
  const double p3 = 2 * (v[0] - v[1]) + v[2] - v[3];
  const double p4 = -v[0] + v[1] - v[2] + v[3];
  return v[1] + at * (p2 + at * (p3 + at * p4));
}

// A place in the image: the pixel at or before it and how far on from that one's centre.
struct Place {
  int64_t pixel = 0;
  double share = 0;
};

Place place_of(double position) {
  const double floor = std::floor(position - 0.5);
  return {.pixel = static_cast<int64_t>(floor), .share = position - 0.5 - floor};
}

class Sampler {
 public:
  explicit Sampler(const Image& image) : image_(image) {}

  uint8_t bilinear(const Place& x, const Place& y, int64_t channel) const {
    const auto line = [&](int64_t row) {
      const double left = value(row, x.pixel, channel);
      return left + (value(row, x.pixel + 1, channel) - left) * x.share;
    };
    const double upper = line(y.pixel);
    return static_cast<uint8_t>(upper + (line(y.pixel + 1) - upper) * y.share);
  }

  uint8_t bicubic(const Place& x, const Place& y, int64_t channel) const {
    std::array<double, 4> lines{};
    for (int64_t row = 0; row < 4; ++row) {
      std::array<double, 4> values{};
      for (int64_t column = 0; column < 4; ++column) {
        values[static_cast<size_t>(column)] =
            value(y.pixel - 1 + row, x.pixel - 1 + column, channel);
      }
      lines[static_cast<size_t>(row)] = cubic_between(values, x.share);
    }
    return static_cast<uint8_t>(std::clamp(cubic_between(lines, y.share), 0.0, 255.0));
  }

 private:
  // The nearest pixel where there is none.
  double value(int64_t row, int64_t column, int64_t channel) const {
    row = std::clamp<int64_t>(row, 0, image_.height - 1);
    column = std::clamp<int64_t>(column, 0, image_.width - 1);
    return image_
        .pixels[static_cast<size_t>((row * image_.width + column) * image_.channels + channel)];
  }

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
  output.pixels.reserve(image.pixels.size());
  for (int64_t row = 0; row < image.height; ++row) {
    const double to_y = static_cast<double>(row) + 0.5;
    for (int64_t column = 0; column < image.width; ++column) {
      const double to_x = static_cast<double>(column) + 0.5;
      const double x = map.a * to_x + map.b * to_y + map.c;
      const double y = map.d * to_x + map.e * to_y + map.f;
      const bool inside = x >= 0 && x < static_cast<double>(image.width) && y >= 0 &&
                          y < static_cast<double>(image.height);
      if (!inside) {
        output.pixels.insert(output.pixels.end(), fill.begin(), fill.begin() + image.channels);
        continue;
      }
      const Place place_x = place_of(x);
      const Place place_y = place_of(y);
      for (int64_t channel = 0; channel < image.channels; ++channel) {
        output.pixels.push_back(filter == Filter::kBicubic
                                    ? sampler.bicubic(place_x, place_y, channel)
                                    : sampler.bilinear(place_x, place_y, channel));
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
