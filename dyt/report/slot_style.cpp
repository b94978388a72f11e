// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/slot_style.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace dyt::report {
namespace {

// Okabe and Ito (2008), their yellow left out: it cannot be seen on white.
constexpr std::array<const char*, 7> kColors = {"#000000", "#0072B2", "#D55E00", "#009E73",
                                                "#CC79A7", "#56B4E9", "#E69F00"};
constexpr std::array<const char*, 5> kDashes = {"solid", "(9,4)", "(2,3)", "(9,3,2,3)", "(5,3)"};
// Filled circle, square, triangle, diamond, inverted triangle; then the same, open.
constexpr std::array<int, 10> kMarkers = {7, 5, 9, 13, 11, 6, 4, 8, 12, 10};

std::string marker_shape(int marker) {
  switch (marker) {
    case 6:
    case 7:
      return "<circle cx='18' cy='7' r='4'/>";
    case 4:
    case 5:
      return "<rect x='14.3' y='3.3' width='7.4' height='7.4'/>";
    case 8:
    case 9:
      return "<path d='M18,2 L13,10.5 L23,10.5 z'/>";
    case 10:
    case 11:
      return "<path d='M18,12 L13,3.5 L23,3.5 z'/>";
    default:
      return "<path d='M18,2 L23,7 L18,12 L13,7 z'/>";
  }
}

}  // namespace

SlotStyle slot_style(size_t index) {
  return {.color = kColors[index % kColors.size()],
          .dash = kDashes[index % kDashes.size()],
          .marker = kMarkers[index % kMarkers.size()]};
}

std::string swatch_svg(const SlotStyle& style) {
  std::string dashes;
  if (style.dash != "solid") {
    dashes = " stroke-dasharray='" + style.dash.substr(1, style.dash.size() - 2) + "'";
  }
  const std::string fill = style.marker % 2 == 1 ? style.color : "#ffffff";
  return "<svg class='swatch' viewBox='0 0 36 14' width='36' height='14' aria-hidden='true'>"
         "<path d='M0,7 H36' fill='none' stroke='" +
         style.color + "' stroke-width='2'" + dashes + "/><g fill='" + fill + "' stroke='" +
         style.color + "' stroke-width='1.3'>" + marker_shape(style.marker) + "</g></svg>";
}

std::string ramp_color(double position) {
  constexpr std::array<std::array<double, 3>, 7> kAnchors = {{{0x44, 0x01, 0x54},
                                                              {0x48, 0x28, 0x78},
                                                              {0x3e, 0x49, 0x89},
                                                              {0x31, 0x68, 0x8e},
                                                              {0x26, 0x82, 0x8e},
                                                              {0x1f, 0x9e, 0x89},
                                                              {0x4f, 0xc3, 0x68}}};
  const double scaled = std::clamp(position, 0.0, 1.0) * (kAnchors.size() - 1);
  const size_t lower = std::min(static_cast<size_t>(scaled), kAnchors.size() - 2);
  const double part = scaled - static_cast<double>(lower);
  std::array<int, 3> rgb{};
  for (size_t i = 0; i < 3; ++i) {
    const double value = kAnchors[lower][i] * (1 - part) + kAnchors[lower + 1][i] * part;
    rgb[i] = static_cast<int>(std::lround(value));
  }
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255,
                rgb[2] & 255);
  return text.data();
}

}  // namespace dyt::report
