// SPDX-License-Identifier: Apache-2.0
// One panel of lines: training curves, alpha over training. Labels at the right end, where asked
// for, are pushed apart so that they never overlap, and tied to their line by a leader.
#pragma once

#include <string>
#include <vector>

#include "dyt/report/internal/axis.h"

namespace dyt::report {

struct Line {
  std::string title;  // shown when the pointer rests on the line
  std::vector<double> x;
  std::vector<double> y;  // NaN: gap
  std::string color = "#000000";
  std::string dash = "solid";
  double width = 1;
  int opacity = 100;           // percent
  int marker = 0;              // gnuplot's point type on some of the points; 0: none
  bool ends_in_cross = false;  // the run broke off here
  std::string end_label;
};

struct LinePanel {
  std::string name;   // unique in the page
  std::string title;  // above the axes, with the unit of y
  std::string x_label = "epoch";
  std::string description;    // for those who cannot see it
  Scale scale;                // of y
  std::vector<Tick> x_ticks;  // at values of x; empty: whole numbers
  std::vector<Line> lines;
  std::vector<double> marks;  // horizontal lines at these values of y, included in the range
  int height = 270;
};

// "" where no line has a point.
std::string line_panel_svg(const LinePanel& panel);

}  // namespace dyt::report
