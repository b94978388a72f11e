// SPDX-License-Identifier: Apache-2.0
// How a slot looks in every figure: colour (Okabe-Ito), dash pattern and marker, each of which
// alone tells the slots apart, so that a colour-blind reader or a grey print can read the figures.
#pragma once

#include <cstddef>
#include <string>

namespace dyt::report {

struct SlotStyle {
  std::string color;  // "#0072B2"
  std::string dash;   // gnuplot's dash type: "solid" or "(on,off,...)"
  int marker = 7;     // gnuplot's point type
};

SlotStyle slot_style(size_t index);

// A small inline SVG with the slot's line and marker, for legends and tables.
std::string swatch_svg(const SlotStyle& style);

// A perceptual sequential ramp (viridis without its pale end); position in [0, 1].
std::string ramp_color(double position);

}  // namespace dyt::report
