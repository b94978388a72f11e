// SPDX-License-Identifier: Apache-2.0
// Inline SVG drawn by gnuplot, a child process that reads its script from a pipe: no files.
//
//   GnuplotScript script({.width = 400, .height = 260, .name = "accuracy"});
//   const std::string data = script.add_data({{1, 0.5}, {2, 0.7}});
//   script.add("plot " + data + " using 1:2 with lines");     // the last command
//   page += script.svg("Test accuracy by epoch");
#pragma once

#include <string>
#include <vector>

#include "dyt/report/internal/axis.h"

namespace dyt::report {

struct Canvas {
  int width = 400;  // in units of the viewBox; text is 14 units high
  int height = 260;
  std::string name;  // letters, digits, '_': unique in the page; prefixes all ids
};

// The part of the canvas inside the axes, in units from its left and top edge.
struct PlotArea {
  double left = 0, right = 0, top = 0, bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

class GnuplotScript {
 public:
  explicit GnuplotScript(Canvas canvas);

  void add(const std::string& command);
  void set_area(const PlotArea& area);
  // Text at a place in canvas units; `options` as gnuplot's label takes them ("right textcolor
  // ...").
  void add_text(const std::string& text, double x, double y, const std::string& options = "left");
  // A datablock; NaN becomes a gap. Returns its gnuplot name.
  std::string add_data(const std::vector<std::vector<double>>& rows);

  // Runs gnuplot; where that fails, a paragraph in place of the figure says why. The plot command must be the last one (the script is written before any output is
  // read). `description` is read out to those who cannot see the figure.
  std::string svg(const std::string& description) const;

 private:
  Canvas canvas_;
  std::string text_;
  int data_count_ = 0;
};

// A gnuplot string in which nothing is interpreted.
std::string quoted(const std::string& text);

// What `set xtics` takes.
std::string tick_list(const std::vector<Tick>& ticks);

// "rgb '#0072B2'", of so many percent opacity.
std::string color_text(const std::string& color, int opacity);

}  // namespace dyt::report
