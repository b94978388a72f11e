// SPDX-License-Identifier: Apache-2.0
// One pixel between sixteen others (affine.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace dyt::pixels::internal {

// Where the four rows and the four columns around a place begin, in values, and how far on from the
// second of them the place is, 0 to 1.
struct Neighbours {
  std::array<int64_t, 4> rows, columns;
  double x = 0;
  double y = 0;
};

// A cubic through b (at 0) and c (at 1) with slopes c - a and d - b: Keys' cubic with a = -1.
inline double cubic_between(double a, double b, double c, double d, double at) {
  const double p2 = -a + c;
  const double p3 = 2 * (a - b) + c - d;
  const double p4 = -a + b - c + d;
  return b + at * (p2 + at * (p3 + at * p4));
}

// `values` points to the image's first value of the channel.
inline uint8_t bicubic(const uint8_t* values, const Neighbours& around) {
  const auto line = [&](int64_t row) {
    const uint8_t* first = values + row;
    return cubic_between(first[around.columns[0]], first[around.columns[1]],
                         first[around.columns[2]], first[around.columns[3]], around.x);
  };
  const double value = cubic_between(line(around.rows[0]), line(around.rows[1]),
                                     line(around.rows[2]), line(around.rows[3]), around.y);
  return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
}

// The three channels of a pixel, the same bits. One byte behind each of the sixteen is read.
void bicubic_colours(const uint8_t* values, const Neighbours& around, uint8_t* output);

}  // namespace dyt::pixels::internal
