// SPDX-License-Identifier: Apache-2.0
// Rows of dots along one axis: accuracies of seeds, paired differences with intervals, saturated
// fractions of layers. A row's label stands above it (long names) or left of it (layer names).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dyt/report/internal/axis.h"
#include "dyt/report/internal/compare_data.h"

namespace dyt::report {

struct DotRow {
  std::string label;
  std::string value;  // at the right end of a label above the row
  std::string color = "#000000";
  int marker = 7;  // gnuplot's point type
  std::vector<double> dots;
  std::optional<double> mean;
  std::optional<Interval> interval;         // bold, with caps
  std::optional<Interval> second_interval;  // thin and grey, below
  std::string empty_text;                   // said where there are no dots
};

struct DotLine {
  double x = 0;
  std::string label;  // above the panel; "" for none
};

struct DotPanel {
  std::string name;  // unique in the page
  std::string x_label;
  std::string description;
  std::vector<DotRow> rows;
  bool labels_left = false;
  std::vector<DotLine> lines;      // vertical
  std::optional<Interval> band;    // shaded
  std::optional<Interval> range;   // at least this much is shown
  std::optional<Interval> limits;  // never more than this (after padding)
};

// "" where there is nothing to draw.
std::string dot_panel_svg(const DotPanel& panel);

}  // namespace dyt::report
