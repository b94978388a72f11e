// SPDX-License-Identifier: Apache-2.0
// One panel of points with curves over them, on linear axes.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dyt::report {

struct ScatterPoints {
  std::vector<double> x, y;  // NaN: left out
  std::string color = "#000000";
  int marker = 7;  // gnuplot's point type
  double size = 0.4;
  int opacity = 100;  // percent
};

struct ScatterCurve {
  std::vector<double> x, y;
  std::string color = "#000000";
  std::string dash = "solid";
  double width = 1.6;
};

struct ScatterPanel {
  std::string name;   // unique in the page
  std::string title;  // above the axes
  std::string x_label, y_label;
  std::string description;  // for those who cannot see it
  std::vector<ScatterPoints> points;
  std::vector<ScatterCurve> curves;  // over the points; do not widen the axes
  bool from_zero = false;            // both axes begin at 0
  int width = 400;
  int height = 300;
};

// "" where there is no point.
std::string scatter_panel_svg(const ScatterPanel& panel);

}  // namespace dyt::report
