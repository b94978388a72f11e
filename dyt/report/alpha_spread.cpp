// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/alpha_spread.h"

#include <algorithm>
#include <cmath>

#include "dyt/report/internal/curves.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/json_node.h"
#include "dyt/report/internal/line_panel.h"
#include "dyt/report/internal/scatter_panel.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

constexpr const char* kLayerColors[] = {"#0072B2", "#D55E00"};

// Mean over the runs that finished, epoch by epoch; NaN where one is missing.
std::vector<double> mean_trace(const Slot& slot, std::vector<AlphaCurve> SeedRun::*traces,
                               const std::string& layer, bool inverse) {
  std::vector<double> sums;
  size_t count = 0;
  for (const SeedRun& run : slot.seeds) {
    const auto& list = run.*traces;
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const AlphaCurve& curve) { return curve.name == layer; });
    if (run.diverged || found == list.end()) {
      continue;
    }
    sums.resize(count == 0 ? found->values.size() : std::min(sums.size(), found->values.size()));
    for (size_t i = 0; i < sums.size(); ++i) {
      sums[i] += inverse ? 1 / found->values[i] : found->values[i];
    }
    ++count;
  }
  for (double& sum : sums) {
    sum /= static_cast<double>(count);
  }
  return sums;
}

Line trace_line(const std::vector<double>& values, const std::string& layer, bool inverse,
                const char* color) {
  Line line{.title = layer + (inverse ? ", 1/std" : ", alpha"),
            .y = values,
            .color = color,
            .dash = inverse ? "(6,3)" : "solid",
            .width = 2,
            .end_label = short_layer_name(layer) + (inverse ? " 1/std" : " α")};
  for (size_t i = 0; i < values.size(); ++i) {
    line.x.push_back(static_cast<double>(i + 1));
  }
  return line;
}

// Two layers, as the paper shows: at a third and at the last of the blocks' slots.
std::vector<std::string> shown_layers(const AlphaSpread& spread) {
  const size_t count = spread.layers.size();
  if (count == 0) {
    return {};
  }
  const size_t early = count / 3;
  const size_t late = count > 1 ? count - 2 : 0;  // the last one stands after the blocks
  std::vector<std::string> names = {spread.layers[early].name};
  if (late != early) {
    names.push_back(spread.layers[late].name);
  }
  return names;
}

std::string traces_figure(const Slot& slot, size_t index) {
  std::vector<Line> lines;
  const std::vector<std::string> layers = shown_layers(slot.alpha_spread);
  for (size_t i = 0; i < layers.size(); ++i) {
    lines.push_back(trace_line(mean_trace(slot, &SeedRun::alphas, layers[i], false), layers[i],
                               false, kLayerColors[i]));
    lines.push_back(trace_line(mean_trace(slot, &SeedRun::input_stds, layers[i], true), layers[i],
                               true, kLayerColors[i]));
  }
  const std::string svg = line_panel_svg(
      {.name = "alpha_std_" + std::to_string(index),
       .title = "alpha and 1/std (log scale)",
       .description = "alpha and 1/std of the input of two layers over training, " + slot.label,
       .scale = {.kind = ScaleKind::kLog},
       .lines = lines,
       .height = 300});
  return svg.empty() ? ""
                     : figure_html(svg, swatch_svg(slot_style(index)) + "<strong>" +
                                            escape_html(slot.label) +
                                            "</strong>, two layers, mean of the seeds. Solid: "
                                            "alpha; dashed: 1/std of the layer’s input.");
}

// "From the first epoch to the last 1/std of blocks.3.norm2 goes from 1.6 to 0.19, alpha from ..."
std::string training_sentence(const Slot& slot) {
  const std::string layer = shown_layers(slot.alpha_spread).back();
  const std::vector<double> alpha = mean_trace(slot, &SeedRun::alphas, layer, false);
  const std::vector<double> inverse = mean_trace(slot, &SeedRun::input_stds, layer, true);
  if (alpha.size() < 2 || inverse.size() < 2) {
    return "";
  }
  return " From the first epoch to the last 1/std of " + escape_html(layer) + " goes from " +
         short_number(inverse.front()) + " to " + short_number(inverse.back()) + ", alpha from " +
         short_number(alpha.front()) + " to " + short_number(alpha.back()) + ".";
}

std::string slot_sentence(const Slot& slot) {
  return "<strong>" + escape_html(slot.label) +
         "</strong>: " + correlation_sentence(slot.alpha_spread) + training_sentence(slot);
}

}  // namespace

AlphaSpread parse_alpha_spread(const JsonNode& node) {
  AlphaSpread spread{.r = node.number("r"), .low = node.number("low"), .high = node.number("high")};
  for (const JsonNode& layer : node.list("layers")) {
    const auto alpha = layer.number("alpha");
    const auto inverse_std = layer.number("inverse_std");
    if (alpha && inverse_std) {
      spread.layers.push_back({layer.required_text("name"), *alpha, *inverse_std});
    }
  }
  return spread;
}

std::string correlation_sentence(const AlphaSpread& spread) {
  const std::string layers = plural(static_cast<int64_t>(spread.layers.size()), "layer");
  if (!spread.r) {
    return "no correlation can be given over " + layers + ".";
  }
  std::string text = "r = " + signed_text(*spread.r, 2);
  if (!spread.low || !spread.high) {
    return text + " over " + layers + ": too few to say more.";
  }
  text += " (95 %: " + signed_text(*spread.low, 2) + " to " + signed_text(*spread.high, 2) +
          ") over " + layers + ": ";
  if (*spread.low > 0) {
    return text + "alpha is larger where 1/std is, as in the paper.";
  }
  if (*spread.high < 0) {
    return text + "the opposite of the paper’s picture.";
  }
  return text + "the paper’s correlation does not show here.";
}

std::string alpha_scatter_figure(const AlphaSpread& spread, const std::string& caption,
                                 size_t index) {
  std::vector<ScatterPoints> points;
  const double last = static_cast<double>(std::max<size_t>(spread.layers.size(), 2) - 1);
  for (const LayerAlpha& layer : spread.layers) {
    points.push_back({.x = {layer.inverse_std},
                      .y = {layer.alpha},
                      .color = ramp_color(static_cast<double>(points.size()) / last),
                      .size = 0.9});
  }
  const std::string svg =
      scatter_panel_svg({.name = "alpha_scatter_" + std::to_string(index),
                         .title = "alpha at the end against 1/std",
                         .x_label = "1/std of the layer’s input",
                         .y_label = "alpha",
                         .description = "Final alpha of each layer against 1/std of its input",
                         .points = points,
                         .from_zero = true});
  return svg.empty() ? "" : figure_html(svg, caption);
}

std::string alpha_section(const std::vector<Slot>& slots) {
  std::vector<std::string> figures;
  std::vector<std::string> sentences;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].alpha_spread.layers.empty()) {
      continue;
    }
    if (std::string figure = traces_figure(slots[i], i); !figure.empty()) {
      figures.push_back(std::move(figure));
    }
    figures.push_back(alpha_scatter_figure(
        slots[i].alpha_spread,
        swatch_svg(slot_style(i)) + "<strong>" + escape_html(slots[i].label) +
            "</strong>, a point a layer, mean of the seeds. Dark: first layers; light: last.",
        i));
    sentences.push_back(slot_sentence(slots[i]));
  }
  if (sentences.empty()) {
    return "";
  }
  return element("h2", "What alpha does") +
         element("p",
                 "A norm divides by the standard deviation of its input; a point-wise slot has "
                 "alpha, one number that is learned. In the paper alpha follows 1/std over "
                 "training, and at the end layers with a large 1/std have a large alpha (its "
                 "Figure 8). Here, over all test images:") +
         list_html(sentences) + figures_html(figures);
}

}  // namespace dyt::report
