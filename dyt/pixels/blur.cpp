#include "dyt/pixels/blur.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "dyt/core/error.h"

namespace dyt::pixels {
namespace {

constexpr int kPasses = 3;
constexpr double kMaxRadius = 1000;

// The box's reach, in fp32 where Pillow has fp32.
float box_reach(float radius) {
  const float s2 = radius * radius / kPasses;
  const auto length = static_cast<float>(std::sqrt(12.0 * s2 + 1.0));
  const auto l = static_cast<float>(std::floor((length - 1.0) / 2.0));
  float a = (2 * l + 1) * (l * (l + 1) - 3 * s2);
  a /= 6 * (s2 - (l + 1) * (l + 1));
  return l + a;
}

struct BoxWeights {
  int64_t reach = 0;    // whole pixels to both sides
  uint32_t inside = 0;  // of 2^-24
  uint32_t edge = 0;    // of the pixels just beyond
};

BoxWeights weights_of(float reach) {
  BoxWeights weights{.reach = static_cast<int64_t>(reach)};
  weights.inside = static_cast<uint32_t>(static_cast<float>(1 << 24) / (reach * 2 + 1));
  weights.edge = ((1u << 24) - static_cast<uint32_t>(weights.reach * 2 + 1) * weights.inside) / 2;
  return weights;
}

// `count` values that lie `stride` apart; `line` is room for as many.
void blur_line(uint8_t* first, int64_t count, int64_t stride, const BoxWeights& box,
               std::vector<uint8_t>& line) {
  const auto at = [&](int64_t place) -> uint32_t {
    return first[std::clamp<int64_t>(place, 0, count - 1) * stride];
  };
  uint32_t sum = 0;
  for (int64_t place = -box.reach - 1; place < box.reach; ++place) {
    sum += at(place);
  }
  for (int64_t place = 0; place < count; ++place) {
    sum += at(place + box.reach) - at(place - box.reach - 1);
    const uint32_t edges = at(place - box.reach - 1) + at(place + box.reach + 1);
    line[static_cast<size_t>(place)] =
        static_cast<uint8_t>((sum * box.inside + edges * box.edge + (1u << 23)) >> 24);
  }
  for (int64_t place = 0; place < count; ++place) {
    first[place * stride] = line[static_cast<size_t>(place)];
  }
}

}  // namespace

Image gaussian_blur(const Image& image, double radius) {
  if (!(radius >= 0 && radius <= kMaxRadius)) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "a blur of this radius is not possible",
                                                   .where = "pixels::gaussian_blur",
                                                   .expected = "from 0 to 1000 pixels",
                                                   .found = std::to_string(radius)});
  }
  Image output = image;
  const BoxWeights box = weights_of(box_reach(static_cast<float>(radius)));
  if (radius == 0) {
    return output;
  }
  const int64_t stride = image.width * image.channels;
  std::vector<uint8_t> line(static_cast<size_t>(std::max(image.height, image.width)));
  for (int64_t row = 0; row < image.height; ++row) {
    for (int64_t channel = 0; channel < image.channels; ++channel) {
      for (int pass = 0; pass < kPasses; ++pass) {
        blur_line(output.pixels.data() + row * stride + channel, image.width, image.channels, box,
                  line);
      }
    }
  }
  for (int64_t place = 0; place < stride; ++place) {
    for (int pass = 0; pass < kPasses; ++pass) {
      blur_line(output.pixels.data() + place, image.height, stride, box, line);
    }
  }
  return output;
}

}  // namespace dyt::pixels
