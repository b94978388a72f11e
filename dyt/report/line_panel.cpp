// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/line_panel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/gnuplot.h"

namespace dyt::report {
namespace {

constexpr double kLinePanelWidth = 400;
constexpr double kLabelHeight = 15;
constexpr size_t kMostEndLabels = 13;
constexpr size_t kLongestEndLabel = 13;

struct LineRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  bool empty() const { return low > high; }
  void add(double value) {
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
};

bool drawable(const Scale& scale, double value) {
  return std::isfinite(value) && (scale.kind != ScaleKind::kLog || value > 0);
}

LineRange y_range(const LinePanel& panel) {
  LineRange range;
  for (const Line& line : panel.lines) {
    for (const double value : line.y) {
      if (drawable(panel.scale, value)) {
        range.add(value);
      }
    }
  }
  for (const double mark : range.empty() ? std::vector<double>{} : panel.marks) {
    range.add(mark);
  }
  return range;
}

LineRange x_range(const LinePanel& panel) {
  LineRange range;
  for (const Line& line : panel.lines) {
    for (const double value : line.x) {
      range.add(value);
    }
  }
  return range;
}

Axis x_axis_of(const LinePanel& panel, const LineRange& x, double pixels) {
  if (panel.x_ticks.empty()) {
    return count_axis(x.low, x.high, pixels);
  }
  const double pad = x.high > x.low ? 0.03 * (x.high - x.low) : 0.5;
  return {.low = x.low - pad, .high = x.high + pad, .ticks = panel.x_ticks};
}

// Every point where there are few, else about six of them.
size_t marker_interval(size_t points) { return std::max<size_t>(1, points / 6); }

// Points in placed values.
std::vector<std::vector<double>> placed_rows(const LinePanel& panel, const Line& line) {
  std::vector<std::vector<double>> rows;
  for (size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i) {
    const bool drawn = drawable(panel.scale, line.y[i]);
    rows.push_back({line.x[i], drawn ? placed(panel.scale, line.y[i]) : std::nan("")});
  }
  return rows;
}

std::optional<std::vector<double>> last_point(const std::vector<std::vector<double>>& rows) {
  for (size_t i = rows.size(); i > 0; --i) {
    if (std::isfinite(rows[i - 1][1])) {
      return rows[i - 1];
    }
  }
  return std::nullopt;
}

struct EndLabel {
  std::string text;
  std::string color;
  double x = 0;  // end of the line, placed values
  double y = 0;
  double y_pixel = 0;  // where the label stands
};

// The labels keep their order and a distance, and stay inside the panel.
void push_apart(std::vector<EndLabel>& labels, const PlotArea& area) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const EndLabel& a, const EndLabel& b) { return a.y_pixel < b.y_pixel; });
  for (size_t i = 1; i < labels.size(); ++i) {
    labels[i].y_pixel = std::max(labels[i].y_pixel, labels[i - 1].y_pixel + kLabelHeight);
  }
  double lowest = area.bottom;
  for (size_t i = labels.size(); i > 0; --i) {
    labels[i - 1].y_pixel = std::min(labels[i - 1].y_pixel, lowest);
    lowest = labels[i - 1].y_pixel - kLabelHeight;
  }
}

class LineDrawing {
 public:
  LineDrawing(const LinePanel& panel, const LineRange& x, const LineRange& y)
      : panel_(panel),
        script_({.width = static_cast<int>(kLinePanelWidth),
                 .height = panel.height,
                 .name = panel.name}),
        area_{.right = right_edge(panel), .top = 32, .bottom = panel.height - 46.0},
        y_axis_(make_axis(panel.scale, y.low, y.high, area_.height())) {
    area_.left = left_edge(y_axis_);
    x_axis_ = x_axis_of(panel, x, area_.width());
  }

  std::string svg() {
    add_axes();
    for (const Line& line : panel_.lines) {
      add_line(line);
    }
    add_end_labels();
    script_.add("plot " + core::join(plots_, ", "));
    return script_.svg(panel_.description);
  }

 private:
  static double left_edge(const Axis& y_axis) {
    size_t longest = 3;
    for (const Tick& tick : y_axis.ticks) {
      longest = std::max(longest, character_count(tick.label));
    }
    return 14 + 8.6 * static_cast<double>(longest);
  }

  static double right_edge(const LinePanel& panel) {
    size_t longest = 0;
    for (const Line& line : panel.lines) {
      longest = std::max(longest, std::min(kLongestEndLabel, character_count(line.end_label)));
    }
    return longest == 0 ? kLinePanelWidth - 12
                        : kLinePanelWidth - 26 - 7.6 * static_cast<double>(longest);
  }

  void add_axes() {
    script_.set_area(area_);
    script_.add("set xrange [" + core::number_text(x_axis_.low) + ":" +
                core::number_text(x_axis_.high) + "]");
    script_.add("set yrange [" + core::number_text(y_axis_.low) + ":" +
                core::number_text(y_axis_.high) + "]");
    script_.add("set xtics " + tick_list(x_axis_.ticks) + " offset 0,0.4");
    script_.add("set ytics " + tick_list(y_axis_.ticks));
    script_.add("set grid ytics lt 1 lc rgb '#dddddd' lw 1");
    script_.add_text(panel_.title, 4, 10);
    script_.add_text(panel_.x_label, (area_.left + area_.right) / 2, panel_.height - 8.0, "center");
    for (const double mark : panel_.marks) {
      const std::string y = core::number_text(placed(panel_.scale, mark));
      script_.add("set arrow from graph 0, first " + y + " to graph 1, first " + y +
                  " nohead lc rgb '#888888' dt (4,4)");
    }
  }

  void add_line(const Line& line) {
    const auto rows = placed_rows(panel_, line);
    const auto last = last_point(rows);
    if (!last) {
      return;
    }
    const std::string data = script_.add_data(rows);
    std::string style = " using 1:2 with lines";
    if (line.marker > 0) {
      style = " using 1:2 with linespoints pt " + std::to_string(line.marker) + " ps 0.65 pi " +
              std::to_string(marker_interval(rows.size()));
    } else if (rows.size() == 1) {
      style = " using 1:2 with points pt 7 ps 0.4";
    }
    const std::string dash = rows.size() == 1 ? "" : " dt " + line.dash;
    plots_.push_back(data + style + " lc " + color_text(line.color, line.opacity) + " lw " +
                     core::number_text(line.width) + dash + " title " + quoted(line.title));
    if (line.ends_in_cross) {
      plots_.push_back(script_.add_data({*last}) +
                       " using 1:2 with points pt 2 ps 0.9 lw 2 lc rgb '" + line.color +
                       "' title " + quoted(line.title + ", diverged"));
    }
    if (!line.end_label.empty()) {
      labels_.push_back(
          {shorten(line.end_label, kLongestEndLabel), line.color, (*last)[0], (*last)[1]});
    }
  }

  // With many lines only some are named, evenly over their order, first and last among them.
  void thin_labels() {
    if (labels_.size() <= kMostEndLabels) {
      return;
    }
    std::vector<EndLabel> kept;
    for (size_t i = 0; i < kMostEndLabels; ++i) {
      kept.push_back(labels_[i * (labels_.size() - 1) / (kMostEndLabels - 1)]);
    }
    labels_ = kept;
  }

  void add_end_labels() {
    thin_labels();
    for (EndLabel& label : labels_) {
      const double share = (label.y - y_axis_.low) / (y_axis_.high - y_axis_.low);
      label.y_pixel = area_.bottom - share * area_.height();
    }
    push_apart(labels_, area_);
    for (const EndLabel& label : labels_) {
      const std::string color = " rgb '" + label.color + "'";
      script_.add("set arrow from first " + core::number_text(label.x) + ", first " +
                  core::number_text(label.y) + " to screen " +
                  core::number_text((area_.right + 16) / kLinePanelWidth) + ", screen " +
                  core::number_text(1 - label.y_pixel / panel_.height) + " nohead lw 0.7 lc" +
                  color);
      script_.add_text(label.text, area_.right + 19, label.y_pixel, "left textcolor" + color);
    }
  }

  const LinePanel& panel_;
  GnuplotScript script_;
  PlotArea area_;
  Axis y_axis_;
  Axis x_axis_;
  std::vector<std::string> plots_;
  std::vector<EndLabel> labels_;
};

}  // namespace

std::string line_panel_svg(const LinePanel& panel) {
  const LineRange y = y_range(panel);
  return y.empty() ? "" : LineDrawing(panel, x_range(panel), y).svg();
}

}  // namespace dyt::report
