// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/curves.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/line_panel.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

using Quantity = double (*)(const CurvePoint&);

Line seed_line(const Slot& slot, const SeedRun& run, const SlotStyle& style, Quantity quantity) {
  Line line{.title = slot.label + ", seed " + std::to_string(run.seed),
            .color = style.color,
            .width = 1,
            .opacity = 38,
            .ends_in_cross = run.diverged};
  for (const CurvePoint& point : run.curve) {
    line.x.push_back(point.epoch);
    line.y.push_back(quantity(point));
  }
  return line;
}

// Over the finished seeds, for the epochs that all of them have.
Line mean_line(const Slot& slot, const SlotStyle& style, Quantity quantity) {
  Line line{.title = slot.label + ", mean",
            .color = style.color,
            .dash = style.dash,
            .width = 2.2,
            .marker = style.marker};
  std::map<double, std::pair<double, size_t>> sums;
  size_t finished = 0;
  for (const SeedRun& run : slot.seeds) {
    finished += run.diverged ? 0 : 1;
    for (const CurvePoint& point : run.diverged ? std::vector<CurvePoint>{} : run.curve) {
      sums[point.epoch].first += quantity(point);
      sums[point.epoch].second += 1;
    }
  }
  for (const auto& [epoch, sum] : sums) {
    if (sum.second == finished) {
      line.x.push_back(epoch);
      line.y.push_back(sum.first / static_cast<double>(finished));
    }
  }
  return line;
}

std::vector<Line> slot_lines(const std::vector<Slot>& slots, Quantity quantity) {
  std::vector<Line> seeds;
  std::vector<Line> means;
  for (size_t i = 0; i < slots.size(); ++i) {
    const SlotStyle style = slot_style(i);
    for (const SeedRun& run : slots[i].seeds) {
      seeds.push_back(seed_line(slots[i], run, style, quantity));
    }
    means.push_back(mean_line(slots[i], style, quantity));
  }
  seeds.insert(seeds.end(), means.begin(), means.end());
  return seeds;
}

// Layers in the order of the first run that has any; the values of all runs that count.
struct LayerSeries {
  std::string name;
  std::vector<const std::vector<double>*> runs;
};

std::vector<LayerSeries> layer_curves_of(const Slot& slot) {
  const bool any_finished = std::any_of(slot.seeds.begin(), slot.seeds.end(),
                                        [](const SeedRun& run) { return !run.diverged; });
  std::vector<LayerSeries> layers;
  for (const SeedRun& run : slot.seeds) {
    if (any_finished && run.diverged) {
      continue;
    }
    for (const AlphaCurve& curve : run.alphas) {
      auto found = std::find_if(layers.begin(), layers.end(),
                                [&](const LayerSeries& layer) { return layer.name == curve.name; });
      if (found == layers.end()) {
        found = layers.insert(layers.end(), {curve.name, {}});
      }
      found->runs.push_back(&curve.values);
    }
  }
  return layers;
}

std::string site_of(const Slot& slot, const std::string& layer) {
  for (const SeedRun& run : slot.seeds) {
    for (const LayerHealth& health : run.health) {
      if (health.name == layer) {
        return health.site;
      }
    }
  }
  return "";
}

Line layer_line(const Slot& slot, const LayerSeries& layer, double depth) {
  const std::string site = site_of(slot, layer.name);
  Line line{.title = layer.name,
            .color = ramp_color(depth),
            .dash = site == "ffn" ? "(6,3)" : (site == "final" ? "(2,3)" : "solid"),
            .width = 1.8,
            .end_label = short_layer_name(layer.name)};
  size_t length = 0;
  for (const std::vector<double>* values : layer.runs) {
    length = std::max(length, values->size());
  }
  for (size_t epoch = 0; epoch < length; ++epoch) {
    double sum = 0;
    size_t count = 0;
    for (const std::vector<double>* values : layer.runs) {
      if (epoch < values->size() && std::isfinite((*values)[epoch])) {
        sum += (*values)[epoch];
        ++count;
      }
    }
    line.x.push_back(static_cast<double>(epoch + 1));
    line.y.push_back(count > 0 ? sum / static_cast<double>(count) : std::nan(""));
  }
  return line;
}

Scale alpha_scale(const std::vector<Line>& lines) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const Line& line : lines) {
    for (const double value : line.y) {
      low = std::isfinite(value) ? std::min(low, value) : low;
      high = std::isfinite(value) ? std::max(high, value) : high;
    }
  }
  return {.kind = low > 0 && high > 6 * low ? ScaleKind::kLog : ScaleKind::kLinear};
}

}  // namespace

std::string accuracy_curves(const std::vector<Slot>& slots,
                            std::optional<double> image_weight_points, const std::string& title) {
  const LinePanel panel{
      .name = "accuracy_curves",
      .title = title,
      .description = "Test accuracy after each epoch, all seeds and slots",
      .scale = {.kind = ScaleKind::kAccuracy, .least_error = image_weight_points.value_or(0.1) / 2},
      .lines = slot_lines(slots, [](const CurvePoint& point) { return 100 * point.test_accuracy; }),
      .height = 330};
  const std::string svg = line_panel_svg(panel);
  return svg.empty()
             ? ""
             : figure_html(svg,
                           "The scale is stretched towards 100 % (logarithmic in the error), "
                           "where the slots differ.");
}

std::string train_loss_curves(const std::vector<Slot>& slots) {
  const LinePanel panel{
      .name = "loss_curves",
      .title = "Training loss (log scale)",
      .description = "Training loss of each epoch, all seeds and slots",
      .scale = {.kind = ScaleKind::kLog},
      .lines = slot_lines(slots, [](const CurvePoint& point) { return point.train_loss; }),
      .height = 330};
  const std::string svg = line_panel_svg(panel);
  return svg.empty() ? "" : figure_html(svg, "Mean over each epoch's steps, on augmented images.");
}

std::string alpha_figure(const Slot& slot, size_t index) {
  const std::vector<LayerSeries> layers = layer_curves_of(slot);
  std::vector<Line> lines;
  size_t runs = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const double last = static_cast<double>(std::max<size_t>(layers.size(), 2) - 1);
    lines.push_back(layer_line(slot, layers[i], static_cast<double>(i) / last));
    runs = std::max(runs, layers[i].runs.size());
  }
  const Scale scale = alpha_scale(lines);
  const bool log = scale.kind == ScaleKind::kLog;
  const std::string svg =
      line_panel_svg({.name = "alpha_" + std::to_string(index),
                      .title = log ? "alpha (log scale)" : "alpha",
                      .description = "alpha of each layer over training, " + slot.label,
                      .scale = scale,
                      .lines = lines,
                      .height = 300});
  const std::string mean =
      runs > 1 ? ", mean of " + plural(static_cast<int64_t>(runs), "seed") : std::string();
  return svg.empty() ? ""
                     : figure_html(svg, swatch_svg(slot_style(index)) + "<strong>" +
                                            escape_html(slot.label) + "</strong>" + mean);
}

std::string alpha_figures_html(const std::vector<std::string>& figures) {
  return element("p",
                 "Dark: first layers; light: last. Solid: before attention; dashed: before the "
                 "feed-forward part; dotted: the final slot. In the paper alpha moves with 1/std "
                 "of the layer’s input (its Figure 8).") +
         figures_html(figures);
}

std::string legend_html(const std::vector<Slot>& slots) {
  std::string items;
  for (size_t i = 0; i < slots.size(); ++i) {
    items += element("li", swatch_svg(slot_style(i)) + escape_html(slots[i].label));
  }
  return element("ul.legend", items);
}

}  // namespace dyt::report
