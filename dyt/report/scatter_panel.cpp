// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/scatter_panel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dyt/core/text.h"
#include "dyt/report/internal/axis.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/gnuplot.h"

namespace dyt::report {
namespace {

constexpr double kPadding = 0.04;  // of the range, on both sides
constexpr double kTickSpacing = 60;

struct ScatterRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(const std::vector<double>& values) {
    for (const double value : values) {
      if (std::isfinite(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
  }
  bool empty() const { return low > high; }
};

Axis padded_axis(ScatterRange range, bool from_zero, double pixels, double spacing) {
  if (from_zero) {
    range.low = std::min(range.low, 0.0);
  }
  const double padding = kPadding * std::max(range.high - range.low, 1e-12);
  const double low = from_zero && range.low == 0 ? 0 : range.low - padding;
  return make_axis({}, low, range.high + padding, pixels, spacing);
}

class ScatterDrawing {
 public:
  ScatterDrawing(const ScatterPanel& panel, const ScatterRange& x, const ScatterRange& y)
      : panel_(panel),
        script_({.width = panel.width, .height = panel.height, .name = panel.name}),
        area_{.right = panel.width - 12.0, .top = 50, .bottom = panel.height - 46.0},
        y_axis_(padded_axis(y, panel.from_zero, area_.height(), 28)) {
    size_t longest = 3;
    for (const Tick& tick : y_axis_.ticks) {
      longest = std::max(longest, character_count(tick.label));
    }
    area_.left = 14 + 8.6 * static_cast<double>(longest);
    x_axis_ = padded_axis(x, panel.from_zero, area_.width(), kTickSpacing);
  }

  std::string svg() {
    add_axes();
    for (const ScatterPoints& points : panel_.points) {
      add_points(points);
    }
    for (const ScatterCurve& curve : panel_.curves) {
      add_curve(curve);
    }
    script_.add("plot " + core::join(plots_, ", "));
    return script_.svg(panel_.description);
  }

 private:
  void add_axes() {
    script_.set_area(area_);
    const auto range = [](const Axis& axis) {
      return "[" + core::number_text(axis.low) + ":" + core::number_text(axis.high) + "]";
    };
    script_.add("set xrange " + range(x_axis_));
    script_.add("set yrange " + range(y_axis_));
    script_.add("set xtics " + tick_list(x_axis_.ticks) + " offset 0,0.4");
    script_.add("set ytics " + tick_list(y_axis_.ticks));
    script_.add("set grid xtics ytics lt 1 lc rgb '#dddddd' lw 1");
    script_.add_text(panel_.title, 4, 10);
    script_.add_text(panel_.y_label, 4, 32);
    script_.add_text(panel_.x_label, (area_.left + area_.right) / 2, panel_.height - 8.0, "center");
  }

  void add_points(const ScatterPoints& points) {
    std::vector<std::vector<double>> rows;
    for (size_t i = 0; i < std::min(points.x.size(), points.y.size()); ++i) {
      if (std::isfinite(points.x[i]) && std::isfinite(points.y[i])) {
        rows.push_back({points.x[i], points.y[i]});
      }
    }
    if (!rows.empty()) {
      plots_.push_back(script_.add_data(rows) + " using 1:2 with points pt " +
                       std::to_string(points.marker) + " ps " + core::number_text(points.size) +
                       " lc " + color_text(points.color, points.opacity) + " notitle");
    }
  }

  void add_curve(const ScatterCurve& curve) {
    std::vector<std::vector<double>> rows;
    for (size_t i = 0; i < std::min(curve.x.size(), curve.y.size()); ++i) {
      rows.push_back({curve.x[i], curve.y[i]});
    }
    if (!rows.empty()) {
      plots_.push_back(script_.add_data(rows) + " using 1:2 with lines lc rgb '" + curve.color +
                       "' lw " + core::number_text(curve.width) + " dt " + curve.dash + " notitle");
    }
  }

  const ScatterPanel& panel_;
  GnuplotScript script_;
  PlotArea area_;
  Axis y_axis_;
  Axis x_axis_;
  std::vector<std::string> plots_;
};

}  // namespace

std::string scatter_panel_svg(const ScatterPanel& panel) {
  ScatterRange x;
  ScatterRange y;
  for (const ScatterPoints& points : panel.points) {
    x.add(points.x);
    y.add(points.y);
  }
  return x.empty() || y.empty() ? "" : ScatterDrawing(panel, x, y).svg();
}

}  // namespace dyt::report
