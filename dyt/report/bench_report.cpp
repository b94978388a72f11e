// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/bench_report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "dyt/core/text.h"
#include "dyt/report/internal/bench_data.h"
#include "dyt/report/internal/compare_data.h"
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/json_node.h"
#include "dyt/report/internal/line_panel.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

constexpr const char* kCopy = "copy";
constexpr double kPlotPixels = 330;   // of the x axis, about
constexpr double kDigitPixels = 8.6;  // of a tick's label

constexpr const char* kPlotted =
    "Plotted is a contender’s speed in bytes a second as a share of a plain copy’s (x.clone()) in "
    "the same round, median over rounds: (its bytes / the copy’s bytes) × (the copy’s time / its "
    "time). Its bytes are those that the pass cannot do without: forward reads x and writes y, as "
    "the copy does; the residual addition reads and writes one array more; training reads x and "
    "the gradient of y besides and writes the gradient of x. At 100 % (dashed) memory is the only "
    "limit; more is possible where a contender writes past the cache and the copy does not.";

std::string shape_text(const BenchCase& row) {
  return std::to_string(row.rows) + " × " + std::to_string(row.channels);
}

bool every_width_once(const BenchGroup& group) {
  std::set<int64_t> widths;
  for (const BenchCase& row : group.cases) {
    widths.insert(row.channels);
  }
  return widths.size() == group.cases.size();
}

// x: the logarithm of the width, or where widths repeat the shape's number.
Tick place_of(const BenchGroup& group, size_t n, bool by_width) {
  const BenchCase& row = group.cases[n];
  return by_width ? Tick{std::log2(static_cast<double>(row.channels)), std::to_string(row.channels)}
                  : Tick{static_cast<double>(n), shape_text(row)};
}

// Those whose labels do not overlap the one before.
std::vector<Tick> spaced(std::vector<Tick> ticks) {
  const double range = ticks.back().position - ticks.front().position;
  std::vector<Tick> kept;
  for (const Tick& tick : ticks) {
    const double needed = kDigitPixels * static_cast<double>(character_count(tick.label) + 1);
    if (kept.empty() || (tick.position - kept.back().position) * kPlotPixels / range >= needed) {
      kept.push_back(tick);
    }
  }
  return kept;
}

Line line_of(const BenchGroup& group, const std::vector<Tick>& places, const std::string& name,
             const SlotStyle& style) {
  Line line{.title = name,
            .color = style.color,
            .dash = style.dash,
            .width = name == "dyt" ? 3.0 : 1.8,
            .marker = style.marker};
  for (size_t n = 0; n < places.size(); ++n) {
    const BenchContender* found = find_contender(group.cases[n], name);
    line.x.push_back(places[n].position);
    line.y.push_back(found != nullptr ? 100 * found->share_of_copy : std::nan(""));
  }
  return line;
}

std::string group_figure(const BenchGroup& group, size_t index,
                         const std::vector<std::string>& names) {
  const bool by_width = every_width_once(group);
  std::vector<Tick> places;
  for (size_t n = 0; n < group.cases.size(); ++n) {
    places.push_back(place_of(group, n, by_width));
  }
  std::ranges::sort(places, {}, &Tick::position);
  BenchGroup sorted = group;
  if (by_width) {
    std::ranges::sort(sorted.cases, {}, &BenchCase::channels);
  }
  LinePanel panel{.name = "share_" + std::to_string(index),
                  .title = "Share of the copy’s speed (%)",
                  .x_label = by_width ? "channels" : "rows × channels",
                  .description = "Share of the copy's speed, " + group.title(),
                  .x_ticks = spaced(places),
                  .marks = {0, 100},
                  .height = 330};
  for (size_t i = 0; i < names.size(); ++i) {
    panel.lines.push_back(line_of(sorted, places, names[i], slot_style(i)));
  }
  return figure_html(line_panel_svg(panel), "<strong>" + escape_html(group.title()) + "</strong>");
}

std::string roofline_section(const std::vector<BenchGroup>& groups,
                             const std::vector<std::string>& names) {
  std::string html = element("h2", "Roofline");
  if (groups.empty() || groups.front().cases.size() < 2) {
    return html + element("p",
                          "No plot: one shape makes a point, not a line. Several shapes, as "
                          "in configs/bench/roofline.toml, make one.");
  }
  std::string legend;
  for (size_t i = 0; i < names.size(); ++i) {
    legend += element("li", swatch_svg(slot_style(i)) + escape_html(names[i]));
  }
  std::vector<std::string> figures;
  for (size_t i = 0; i < groups.size(); ++i) {
    figures.push_back(group_figure(groups[i], i, names));
  }
  return html + element("p", kPlotted) + element("ul.legend", legend) + figures_html(figures);
}

// A row for each shape: the times of all over that of dyt.
std::string ratio_table(const BenchGroup& group, const std::vector<std::string>& names) {
  Table table{.head = {"rows × channels", "dyt, µs", kCopy}};
  for (const std::string& name : names) {
    if (name != "dyt") {
      table.head.push_back(escape_html(name));
    }
  }
  for (const BenchCase& row : group.cases) {
    std::vector<std::string> cells = {shape_text(row)};
    const BenchContender* ours = find_contender(row, "dyt");
    cells.push_back(ours != nullptr ? core::fixed_text(ours->median_us, 1) : kNotAvailable);
    const auto add = [&](const std::string& name) {
      const BenchContender* found = find_contender(row, name);
      cells.push_back(found != nullptr ? core::fixed_text(found->ratio_to_dyt, 2) : kNotAvailable);
    };
    add(kCopy);
    for (const std::string& name : names) {
      if (name != "dyt") {
        add(name);
      }
    }
    table.rows.push_back(cells);
  }
  return table_html(table);
}

std::string case_table(const BenchCase& row) {
  Table table{.head = {"contender", "median, µs", "10 %", "90 %", "GB/s", "share of copy’s speed",
                       "time / copy", "time / dyt"}};
  for (const BenchContender& each : row.contenders) {
    table.rows.push_back(
        {escape_html(each.name), core::fixed_text(each.median_us, 1),
         core::fixed_text(each.low_us, 1), core::fixed_text(each.high_us, 1),
         core::fixed_text(each.gb_per_s, 1), percent_text(each.share_of_copy, 0) + " %",
         core::fixed_text(each.ratio_to_copy, 2), core::fixed_text(each.ratio_to_dyt, 2)});
  }
  return element("h4", shape_text(row)) + table_html(table);
}

std::string tables_section(const std::vector<BenchGroup>& groups,
                           const std::vector<std::string>& names) {
  std::string html =
      element("h2", "Times") +
      element("p",
              "Time of each contender over that of dyt in the same round, median over rounds: "
              "above 1, dyt is faster.");
  for (const BenchGroup& group : groups) {
    std::string details;
    for (const BenchCase& row : group.cases) {
      details += case_table(row);
    }
    html += element("h3", escape_html(group.title())) + ratio_table(group, names) +
            details_html("Every contender by itself", details);
  }
  return html;
}

// The GPU where one was measured, else the CPU.
std::string device_name(const JsonNode& root) {
  const JsonNode hardware = root.object("environment").object("hardware");
  const std::string gpu = hardware.text("gpu");
  return gpu.empty() ? hardware.text("cpu") : gpu;
}

}  // namespace

std::string bench_report_html(const std::string& bench_json) {
  const JsonDocument document("bench.json", bench_json);
  const JsonNode root = document.root();
  const std::vector<BenchGroup> groups = parse_bench(root);
  const std::vector<std::string> names = contenders_of(groups);
  std::string config;
  for (const auto& [key, value] : flatten(root.object("config"))) {
    config += key + " = " + value + "\n";
  }
  const std::string body = element("h1", "Operators beside their peers and a plain copy") +
                           element("p.lead", escape_html("dyt bench ops on " + device_name(root))) +
                           roofline_section(groups, names) + tables_section(groups, names) +
                           repeat_section("", config, flatten(root.object("environment")));
  return page_html("Operators beside their peers", body);
}

}  // namespace dyt::report
