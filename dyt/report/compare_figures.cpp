// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "dyt/core/text.h"
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/dot_panel.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

DotRow styled_row(const Slot& slot, size_t index) {
  const SlotStyle style = slot_style(index);
  return {.label = slot.label, .color = style.color, .marker = style.marker};
}

DotRow accuracy_row(const Slot& slot, size_t index) {
  DotRow row = styled_row(slot, index);
  for (const SeedRun& run : slot.seeds) {
    if (run.test_accuracy) {
      row.dots.push_back(100 * *run.test_accuracy);
    }
  }
  if (slot.accuracy_mean) {
    row.mean = 100 * *slot.accuracy_mean;
    row.value = percent_text(*slot.accuracy_mean) + " %";
  }
  row.empty_text = slot.seeds.empty() ? "no run" : "no seed finished";
  if (slot.diverged > 0 && !row.dots.empty()) {
    row.value += ", " + std::to_string(slot.diverged) + " diverged";
  }
  return row;
}

DotRow difference_row(const Slot& slot, size_t index) {
  DotRow row = styled_row(slot, index);
  row.empty_text = "no seed that both finished";
  if (!slot.versus) {
    return row;
  }
  row.dots = slot.versus->per_seed;
  row.mean = slot.versus->mean;
  row.interval = slot.versus->interval95;
  row.second_interval = slot.versus->image_interval95;
  if (row.mean) {
    row.value = signed_text(*row.mean);
  }
  if (row.interval) {
    row.value += " " + interval_text(row.interval);
  }
  return row;
}

}  // namespace

std::string accuracy_figure(const CompareData& data) {
  DotPanel panel{.name = "seed_accuracy",
                 .x_label = data.counts_test_images() ? "test accuracy, last epoch (%)"
                                                      : "accuracy, last epoch (%)",
                 .description = "Test accuracy of every seed and the mean of each slot"};
  for (size_t i = 0; i < data.slots.size(); ++i) {
    panel.rows.push_back(accuracy_row(data.slots[i], i));
  }
  const std::string svg = dot_panel_svg(panel);
  return svg.empty() ? "" : figure_html(svg, "A dot a seed; the bar is their mean.");
}

std::string difference_figure(const CompareData& data) {
  DotPanel panel{.name = "differences",
                 .x_label = "difference to the baseline (points)",
                 .description = "Paired differences to the baseline with their 95 % intervals",
                 .lines = {{0, ""}}};
  for (size_t i = 1; i < data.slots.size(); ++i) {
    panel.rows.push_back(difference_row(data.slots[i], i));
  }
  std::string caption = "Slot minus " + escape_html(data.baseline().label) + ", a dot a seed.";
  const auto has = [&](auto member) {
    return std::any_of(panel.rows.begin(), panel.rows.end(),
                       [&](const DotRow& row) { return (row.*member).has_value(); });
  };
  caption += has(&DotRow::interval) ? " Thick: mean and 95 % interval over seeds."
                                    : " The bar is their mean.";
  caption += has(&DotRow::second_interval) ? " Thin, grey: 95 % interval over test images." : "";
  panel.range = Interval{0, 0};
  if (data.margin_points) {
    panel.band = Interval{-*data.margin_points, *data.margin_points};
    panel.range = panel.band;
    caption += " Shaded: the margin of ±" + core::number_text(*data.margin_points) + ".";
  }
  const std::string svg = dot_panel_svg(panel);
  return svg.empty() ? "" : figure_html(svg, caption);
}

}  // namespace dyt::report
