// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/norm_maps.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/scatter_panel.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

constexpr const char* kPointColor = "#0072B2";
constexpr const char* kTanhColor = "#D55E00";
constexpr const char* kLineColor = "#000000";
constexpr const char* kExtremeColors[] = {"#D55E00", "#CC79A7", "#E69F00"};
constexpr int kExtremeMarkers[] = {5, 9, 13};
constexpr int kCurvePoints = 80;

std::string norm_word(const NormMap& map) {
  return map.kind == "rms_norm" ? "RMSNorm" : "LayerNorm";
}

std::vector<const NormMap*> shown_maps(const Norms& norms) {
  std::vector<const NormMap*> shown;
  for (const NormMap& map : norms.maps) {
    if (!map.sample.x.empty()) {
      shown.push_back(&map);
    }
  }
  return shown;
}

const NormMap& most_curved(const Norms& norms) {
  return *std::max_element(norms.maps.begin(), norms.maps.end(),
                           [](const NormMap& a, const NormMap& b) { return a.gain() < b.gain(); });
}

template <class Function>
ScatterCurve curve_over(const NormMap& map, const Function& function) {
  const auto [low, high] = std::minmax_element(map.sample.x.begin(), map.sample.x.end());
  ScatterCurve curve;
  for (int i = 0; i <= kCurvePoints; ++i) {
    const double x = *low + (*high - *low) * i / kCurvePoints;
    curve.x.push_back(x);
    curve.y.push_back(function(x));
  }
  return curve;
}

std::vector<ScatterCurve> fitted_curves(const NormMap& map) {
  ScatterCurve line = curve_over(map, [&](double x) { return map.slope * x + map.line_offset; });
  line.color = kLineColor;
  line.dash = "(6,4)";
  line.width = 1.2;
  ScatterCurve tanh = curve_over(
      map, [&](double x) { return map.scale * std::tanh(map.alpha * x) + map.tanh_offset; });
  tanh.color = kTanhColor;
  tanh.width = 2;
  return {line, tanh};
}

ScatterPanel panel_of(const NormMap& map, const std::string& kind, const std::string& what) {
  return {
      .name = "map_" + kind + "_" + std::to_string(map.number),
      .title = norm_word(map) + " " + std::to_string(map.number) + ": " + map.name + what,
      .x_label = "input",
      .y_label = "output before weight and bias",
      .description = "Output of " + map.name + " before weight and bias against its input" + what};
}

std::string r2_text(double r2) { return core::fixed_text(r2, 3); }

std::string all_figure(const NormMap& map) {
  ScatterPanel panel = panel_of(map, "all", "");
  panel.points = {{.x = map.sample.x, .y = map.sample.y, .color = kPointColor, .opacity = 45}};
  panel.curves = fitted_curves(map);
  return figure_html(scatter_panel_svg(panel), "R² of the tanh " + r2_text(map.tanh_r2) +
                                                   ", of the line " + r2_text(map.line_r2) + ".");
}

std::string token_figure(const NormMap& map) {
  ScatterPanel panel = panel_of(map, "tokens", ", by token");
  for (size_t i = 0; i < map.tokens.size(); ++i) {
    const double last = static_cast<double>(std::max<size_t>(map.tokens.size(), 2) - 1);
    panel.points.push_back({.x = map.tokens[i].x,
                            .y = map.tokens[i].y,
                            .color = ramp_color(static_cast<double>(i) / last),
                            .size = 0.45});
  }
  std::string range;
  if (map.token_std_min && map.token_std_max) {
    range = ", from " + short_number(*map.token_std_min) + " (dark) to " +
            short_number(*map.token_std_max) + " (light)";
  }
  return figure_html(scatter_panel_svg(panel),
                     "A colour a token, chosen over the range of their standard deviations" +
                         range + ". Each is a straight line of slope 1/std.");
}

std::string channel_figure(const NormMap& map) {
  ScatterPanel panel = panel_of(map, "channels", ", by channel");
  std::vector<std::string> extremes;
  size_t ordinary = 0;
  for (const MapGroup& channel : map.channels) {
    ScatterPoints points{.x = channel.x, .y = channel.y, .size = 0.45};
    if (channel.extreme) {
      const size_t style = extremes.size() % std::size(kExtremeColors);
      points.color = kExtremeColors[style];
      points.marker = kExtremeMarkers[style];
      extremes.push_back(std::to_string(channel.number));
    } else {
      points.color = ramp_color(0.2 * static_cast<double>(ordinary++));
    }
    panel.points.push_back(points);
  }
  return figure_html(scatter_panel_svg(panel),
                     "A colour a channel. Square, triangle, diamond: the channels with the "
                     "largest inputs (" +
                         join_words(extremes) + "); dots: ordinary ones.");
}

std::string finding(const Norms& norms) {
  const NormMap& best = most_curved(norms);
  const std::string numbers = "R² " + r2_text(best.tanh_r2) + " against " + r2_text(best.line_r2) +
                              " in " + escape_html(best.name);
  switch (s_curve(best.gain())) {
    case SCurve::kClear:
      return "<strong>Here the S-curve shows</strong>: a tanh explains clearly more of a norm’s "
             "output than a straight line does (at most: " +
             numbers + ").";
    case SCurve::kSlight:
      return "<strong>Here the S-curve shows only slightly</strong>: a tanh explains a little "
             "more than a straight line (at most: " +
             numbers + "), far from the paper’s picture.";
    case SCurve::kNone:
      break;
  }
  return "<strong>Here the paper’s S-curve does not show</strong>: no tanh explains more of a "
         "norm’s output than a straight line does, by " +
         core::number_text(kSlightGain) + " of R² or more (at most: " + numbers + ").";
}

std::string spread_sentence(const Norms& norms) {
  const NormMap& best = most_curved(norms);
  if (!best.token_std_min || !best.token_std_max || *best.token_std_min <= 0) {
    return "";
  }
  const double factor = *best.token_std_max / *best.token_std_min;
  return " Within one token a norm is a straight line of slope 1/std; the S comes from tokens "
         "whose standard deviations differ. In " +
         escape_html(best.name) + " they differ by a factor of " + short_number(factor) + ".";
}

std::string maps_table(const Norms& norms) {
  Table table{.head = {"Norm", "No.", "Site", "R², line", "R², tanh", "Gain", "alpha of the tanh",
                       "Std of a token: least", "median", "largest"}};
  const auto maybe = [](const std::optional<double>& value) {
    return value ? short_number(*value) : std::string(kNotAvailable);
  };
  for (const NormMap& map : norms.maps) {
    table.rows.push_back({escape_html(map.name), std::to_string(map.number), escape_html(map.site),
                          r2_text(map.line_r2), r2_text(map.tanh_r2), signed_text(map.gain(), 3),
                          short_number(map.alpha), maybe(map.token_std_min),
                          maybe(map.token_std_median), maybe(map.token_std_max)});
  }
  return details_html("Every norm: line and tanh", table_html(table));
}

}  // namespace

std::string norms_section(const Norms& norms, const std::string& slot_label) {
  const std::vector<const NormMap*> shown = shown_maps(norms);
  std::string setting = "Norms of <strong>" + escape_html(slot_label) + "</strong>";
  setting += norms.seed ? ", trained with seed " + std::to_string(*norms.seed) : "";
  setting += norms.images ? ", on " + plural(*norms.images, "test image") : "";
  std::vector<std::string> all;
  std::vector<std::string> coloured;
  for (size_t i = 0; i < shown.size(); ++i) {
    all.push_back(all_figure(*shown[i]));
    if (shown.size() < 3 || i == 1 || i == 2) {
      coloured.push_back(token_figure(*shown[i]));
      coloured.push_back(channel_figure(*shown[i]));
    }
  }
  return element("h2", "What normalization does") +
         element("p", setting +
                          ": each point is one element, what comes out before weight and bias "
                          "against what went in. In the paper’s deep layers this draws an S like "
                          "a tanh, and DyT was taken from that picture (its Figures 2 and 4).") +
         element("p", finding(norms) + spread_sentence(norms)) + figures_html(all) +
         element("p",
                 "Solid: the tanh that fits best, scale · tanh(alpha · x) + offset; dashed: the "
                 "best straight line. A tanh can never fit worse than the line, only bend away "
                 "from it.") +
         figures_html(coloured) + maps_table(norms);
}

}  // namespace dyt::report
