// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/dot_panel.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/gnuplot.h"

namespace dyt::report {
namespace {

constexpr double kDotPanelWidth = 400;
constexpr double kDotSize = 7;
constexpr size_t kLongestLeftLabel = 16;
constexpr size_t kLabelAndValue = 44;  // characters that fit above a row

std::string text_of(double value) { return core::number_text(value); }

std::optional<Interval> values_of(const DotPanel& panel) {
  std::vector<double> values;
  const auto add = [&](const std::optional<Interval>& interval) {
    if (interval) {
      values.insert(values.end(), {interval->low, interval->high});
    }
  };
  for (const DotRow& row : panel.rows) {
    values.insert(values.end(), row.dots.begin(), row.dots.end());
    add(row.interval);
    add(row.second_interval);
  }
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) {
    return std::nullopt;
  }
  add(panel.range);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return Interval{*low, *high};
}

class DotDrawing {
 public:
  DotDrawing(const DotPanel& panel, const Interval& values)
      : panel_(panel),
        row_height_(height_of_row(panel)),
        area_{.left = panel.labels_left ? 12 + 7.8 * longest_label(panel) : 12,
              .right = kDotPanelWidth - 14,
              .top = has_line_labels(panel) ? 24.0 : 6.0},
        axis_(make_axis({}, values.low, values.high, area_.width(), 46)) {
    area_.bottom = area_.top + row_height_ * static_cast<double>(panel.rows.size()) + 4;
    height_ = static_cast<int>(area_.bottom) + 46;
    if (panel.limits) {
      axis_.low = std::max(axis_.low, panel.limits->low);
      axis_.high = std::min(axis_.high, panel.limits->high);
    }
  }

  std::string svg() {
    GnuplotScript script(
        {.width = static_cast<int>(kDotPanelWidth), .height = height_, .name = panel_.name});
    add_axes(script);
    add_line_labels(script);
    for (size_t i = 0; i < panel_.rows.size(); ++i) {
      add_row(script, panel_.rows[i], area_.top + row_height_ * static_cast<double>(i));
    }
    plots_.push_back("NaN notitle");  // a plot command needs one
    script.add("plot " + core::join(plots_, ", "));
    return script.svg(panel_.description);
  }

 private:
  static double height_of_row(const DotPanel& panel) {
    if (panel.labels_left) {
      return 19;
    }
    const bool second = std::any_of(panel.rows.begin(), panel.rows.end(), [](const DotRow& row) {
      return row.second_interval.has_value();
    });
    const bool first = std::any_of(panel.rows.begin(), panel.rows.end(),
                                   [](const DotRow& row) { return row.interval.has_value(); });
    return 48 + (first ? 8 : 0) + (second ? 10 : 0);
  }

  static double longest_label(const DotPanel& panel) {
    size_t longest = 4;
    for (const DotRow& row : panel.rows) {
      longest = std::max(longest, std::min(kLongestLeftLabel, character_count(row.label)));
    }
    return static_cast<double>(longest);
  }

  static bool has_line_labels(const DotPanel& panel) {
    return std::any_of(panel.lines.begin(), panel.lines.end(),
                       [](const DotLine& line) { return !line.label.empty(); });
  }

  // y is in canvas units from the top: the y axis runs from the area's bottom to its top.
  void add_axes(GnuplotScript& script) const {
    script.set_area(area_);
    script.add("set border 1 lc rgb '#555555'");
    script.add("unset ytics");
    script.add("set xrange [" + text_of(axis_.low) + ":" + text_of(axis_.high) + "]");
    script.add("set yrange [" + text_of(area_.bottom) + ":" + text_of(area_.top) + "]");
    std::vector<std::string> ticks;
    for (const Tick& tick : axis_.ticks) {
      ticks.push_back(quoted(tick.label) + " " + text_of(tick.position));
    }
    script.add("set xtics (" + core::join(ticks, ", ") + ") offset 0,0.4");
    script.add_text(panel_.x_label, (area_.left + area_.right) / 2, height_ - 8.0, "center");
  }

  // Behind a row's dots only, so that no line runs through a label: [from, to] in canvas units.
  void add_ground(GnuplotScript& script, double from, double to) const {
    const auto ends = [&](double low, double high) {
      return text_of(low) + "," + text_of(from) + " to " + text_of(high) + "," + text_of(to);
    };
    if (panel_.band) {
      script.add(
          "set object rectangle from " +
          ends(std::max(panel_.band->low, axis_.low), std::min(panel_.band->high, axis_.high)) +
          " behind fc rgb '#dcebf5' fs solid 1 noborder");
    }
    for (const Tick& tick : axis_.ticks) {
      script.add("set arrow from " + ends(tick.position, tick.position) +
                 " nohead back lc rgb '#d5d5d5' lw 1");
    }
    for (const DotLine& line : panel_.lines) {
      script.add("set arrow from " + ends(line.x, line.x) + " nohead back lc rgb '#555555' lw 1.2");
    }
  }

  void add_line_labels(GnuplotScript& script) const {
    for (const DotLine& line : panel_.lines) {
      const double share = (line.x - axis_.low) / (axis_.high - axis_.low);
      script.add_text(line.label, area_.left + share * area_.width(), area_.top - 10, "center");
    }
  }

  void add_row(GnuplotScript& script, const DotRow& row, double top) {
    double y = top + row_height_ / 2;
    if (panel_.labels_left) {
      script.add_text(shorten(row.label, kLongestLeftLabel), area_.left - 8, y, "right");
      add_ground(script, top, top + row_height_);
    } else {
      add_heading(script, row, top + 13);
      add_ground(script, top + 23, top + row_height_ - 2);
      y = top + 34;
    }
    if (row.dots.empty()) {
      script.add_text(row.empty_text, area_.left + 8, y, "left textcolor rgb '#555555'");
    }
    add_marks(script, row, y);
  }

  void add_heading(GnuplotScript& script, const DotRow& row, double y) const {
    const size_t taken = std::min(kLabelAndValue - 8, character_count(row.value));
    script.add_text(
        "", 9, y, "point pt " + std::to_string(row.marker) + " ps 0.7 lc rgb '" + row.color + "'");
    script.add_text(shorten(row.label, kLabelAndValue - taken), 20, y);
    script.add_text(row.value, kDotPanelWidth - 4, y, "right");
  }

  void add_marks(GnuplotScript& script, const DotRow& row, double y) {
    const std::string color = " lc rgb '" + row.color + "'";
    const std::string title = " title " + quoted(row.label + " " + row.value);
    if (row.mean && !row.interval) {
      bar(script, *row.mean, y, 11, 2.6, color, title);
    }
    if (!row.dots.empty()) {
      plots_.push_back(script.add_data(stacked(row.dots, y)) + " using 1:2 with points pt " +
                       std::to_string(row.marker) + " ps 0.62" + color + title);
    }
    if (row.interval) {
      span(script, *row.interval, y + 14, 2.4, color, title);
      bar(script, row.mean.value_or(row.interval->low), y + 14, 6, 2.4, color, title);
    }
    if (row.second_interval) {
      span(script, *row.second_interval, y + 25, 1.4, " lc rgb '#777777'",
           " title 'over test images'");
    }
  }

  void bar(GnuplotScript& script, double x, double y, double half, double width,
           const std::string& color, const std::string& title) {
    plots_.push_back(script.add_data({{x, y - half}, {x, y + half}}) + " using 1:2 with lines lw " +
                     text_of(width) + " dt solid" + color + title);
  }

  void span(GnuplotScript& script, const Interval& interval, double y, double width,
            const std::string& color, const std::string& title) {
    const double low = interval.low;
    const double high = interval.high;
    plots_.push_back(
        script.add_data(
            {{low, y - 4}, {low, y + 4}, {low, y}, {high, y}, {high, y - 4}, {high, y + 4}}) +
        " using 1:2 with lines lw " + text_of(width) + " dt solid" + color + title);
  }

  // Dots that would hide each other stand above and below the row's line.
  std::vector<std::vector<double>> stacked(std::vector<double> dots, double y) const {
    if (panel_.labels_left) {
      return flat(dots, y);
    }
    std::sort(dots.begin(), dots.end());
    const double unit = area_.width() / (axis_.high - axis_.low);
    std::vector<std::vector<double>> rows;
    for (size_t i = 0; i < dots.size(); ++i) {
      int level = 0;
      while (taken(rows, dots[i], y + offset(level), unit)) {
        ++level;
      }
      rows.push_back({dots[i], y + offset(level)});
    }
    return rows;
  }

  static std::vector<std::vector<double>> flat(const std::vector<double>& dots, double y) {
    std::vector<std::vector<double>> rows;
    for (const double dot : dots) {
      rows.push_back({dot, y});
    }
    return rows;
  }

  // 0, up, down, further up, ...; more than five at one place share the last.
  static double offset(int level) {
    const int distance = (level + 1) / 2;
    return (level % 2 == 1 ? -1 : 1) * kDotSize * 0.85 * distance;
  }

  static bool taken(const std::vector<std::vector<double>>& rows, double x, double y, double unit) {
    if (std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
          return std::abs(row[0] - x) * unit < kDotSize;
        }) >= 5) {
      return false;
    }
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
      return std::abs(row[0] - x) * unit < kDotSize && std::abs(row[1] - y) < 1;
    });
  }

  const DotPanel& panel_;
  double row_height_;
  PlotArea area_;
  Axis axis_;
  int height_ = 0;
  std::vector<std::string> plots_;
};

}  // namespace

std::string dot_panel_svg(const DotPanel& panel) {
  const std::optional<Interval> values = values_of(panel);
  return values ? DotDrawing(panel, *values).svg() : "";
}

}  // namespace dyt::report
