// SPDX-License-Identifier: Apache-2.0
// Axes with ticks that do not overlap. Values are placed by us and drawn on gnuplot's linear axes,
// so that labels and curves can be laid out exactly.
//
//   const Axis axis = make_axis({.kind = ScaleKind::kLog}, 0.01, 2.3, /*pixels=*/200);
//   axis.ticks[0].position == placed(scale, 0.02);
#pragma once

#include <string>
#include <vector>

namespace dyt::report {

enum class ScaleKind {
  kLinear,
  kLog,       // values > 0
  kAccuracy,  // percent; logarithmic in the error 100 - value, so that 98 and 99 stand apart
};

struct Scale {
  ScaleKind kind = ScaleKind::kLinear;
  double least_error = 0.05;  // kAccuracy: smaller errors are drawn as this one, in percent
};

struct Tick {
  double position = 0;
  std::string label;
};

struct Axis {
  double low = 0;  // in placed values, low < high
  double high = 1;
  std::vector<Tick> ticks;
};

double placed(const Scale& scale, double value);

// Covers [low, high] (in values); `pixels` is its length, `spacing` the least distance of two
// ticks.
Axis make_axis(const Scale& scale, double low, double high, double pixels, double spacing = 28);

// Whole numbers only (epochs).
Axis count_axis(double low, double high, double pixels);

}  // namespace dyt::report
