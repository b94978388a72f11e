// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/health.h"

#include <algorithm>

#include "dyt/report/internal/dot_panel.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/slot_style.h"

namespace dyt::report {
namespace {

// One layer of one slot over its seeds.
struct Layer {
  std::string name;
  std::string site;
  std::vector<double> saturated;
  double alpha_sum = 0;
  size_t alpha_count = 0;

  double worst() const { return *std::max_element(saturated.begin(), saturated.end()); }
  double mean() const {
    double sum = 0;
    for (const double value : saturated) {
      sum += value;
    }
    return sum / static_cast<double>(saturated.size());
  }
};

std::vector<Layer> layers_of(const Slot& slot) {
  std::vector<Layer> layers;
  for (const SeedRun& run : slot.seeds) {
    for (const LayerHealth& health : run.health) {
      if (!health.saturated) {
        continue;
      }
      auto found = std::find_if(layers.begin(), layers.end(),
                                [&](const Layer& layer) { return layer.name == health.name; });
      if (found == layers.end()) {
        found = layers.insert(layers.end(), Layer{.name = health.name, .site = health.site});
      }
      found->saturated.push_back(*health.saturated);
      found->alpha_sum += health.alpha.value_or(0);
      found->alpha_count += health.alpha ? 1 : 0;
    }
  }
  return layers;
}

std::string level_html(double saturated) {
  const std::string level = level_of(saturated);
  if (level == "alarm") {
    return "<span class=\"alarm\">■ alarm</span>";
  }
  return level == "warning" ? "<span class=\"caution\">▲ warning</span>" : "ok";
}

DotRow health_row(const Layer& layer) {
  const std::string level = level_of(layer.worst());
  DotRow row{.label = short_layer_name(layer.name),
             .value = percent_text(layer.worst()) + " %",
             .color = "#0072B2"};
  if (level == "warning") {
    row.color = "#B87900";
    row.marker = 9;
  } else if (level == "alarm") {
    row.color = "#D55E00";
    row.marker = 5;
  }
  for (const double saturated : layer.saturated) {
    row.dots.push_back(100 * saturated);
  }
  return row;
}

std::string health_figure(const Slot& slot, const std::vector<Layer>& layers, size_t index) {
  DotPanel panel{.name = "health_" + std::to_string(index),
                 .x_label = "elements with |alpha·x| > 2 (%)",
                 .description = "Saturated share of each layer at the end, " + slot.label,
                 .labels_left = true,
                 .lines = {{100 * kWarningFraction, "warning"}, {100 * kAlarmFraction, "alarm"}},
                 .range = Interval{0, 62},
                 .limits = Interval{-2, 102}};
  for (const Layer& layer : layers) {
    panel.rows.push_back(health_row(layer));
  }
  return figure_html(dot_panel_svg(panel), swatch_svg(slot_style(index)) + "<strong>" +
                                               escape_html(slot.label) + "</strong>, a dot a seed");
}

std::string layers_table(const Slot& slot, const std::vector<Layer>& layers) {
  Table table{.head = {"Layer", "Site", "alpha, mean", "Saturated, mean", "Saturated, worst seed",
                       "Level"}};
  for (const Layer& layer : layers) {
    const std::string alpha =
        layer.alpha_count == 0
            ? kNotAvailable
            : short_number(layer.alpha_sum / static_cast<double>(layer.alpha_count));
    table.rows.push_back({escape_html(layer.name), escape_html(layer.site), alpha,
                          percent_text(layer.mean()) + " %", percent_text(layer.worst()) + " %",
                          level_html(layer.worst())});
  }
  return element("h4", escape_html(slot.label)) + table_html(table);
}

// "blocks.1.norm2 (41 %)", the worst first, six at most.
std::string flagged_text(std::vector<Layer> layers) {
  std::erase_if(layers, [](const Layer& layer) { return level_of(layer.worst()) == "ok"; });
  std::stable_sort(layers.begin(), layers.end(),
                   [](const Layer& a, const Layer& b) { return a.worst() > b.worst(); });
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min<size_t>(6, layers.size()); ++i) {
    names.push_back(escape_html(layers[i].name) + " (" + percent_text(layers[i].worst(), 0) +
                    " %)");
  }
  if (layers.size() > names.size()) {
    names.push_back(std::to_string(layers.size() - names.size()) + " more");
  }
  return join_words(names);
}

std::string verdict_line(const Slot& slot, const std::vector<Layer>& layers) {
  double worst = 0;
  for (const Layer& layer : layers) {
    worst = std::max(worst, layer.worst());
  }
  const std::string label = "<strong>" + escape_html(slot.label) + "</strong>: ";
  if (level_of(worst) == "ok") {
    return label + "no warning. At most " + percent_text(worst) +
           " % of a layer’s elements are saturated.";
  }
  std::string line = label + level_html(worst) + " in " + flagged_text(layers) + ".";
  const std::string verdict = slot.versus ? slot.versus->verdict : "";
  if (verdict == "matches" || verdict == "better") {
    line += " It did not cost accuracy here: a reason to look, not a verdict.";
  }
  return line;
}

const char* advice_html() {
  return "<p>What to try for a layer with a warning or an alarm, the likeliest first:</p><ul>"
         "<li>a smaller start value of alpha (<code>dyt:alpha0=0.3</code>), or one measured from "
         "the "
         "data, layer by layer (<code>dyt:alpha0=auto</code>);</li>"
         "<li>a lower learning rate or a longer warm-up: alpha and the activations both grow when "
         "steps are too large;</li>"
         "<li>a smaller scale of the initial weights, if it is saturated from the first epoch "
         "on;</li>"
         "<li>a look at what feeds the layer: gated feed-forward blocks (SwiGLU) and optimizers "
         "like Muon are known to drive it there.</li></ul>"
         "<p>Saturation does not show in the loss by itself: in published failures "
         "(arXiv 2604.23434) a share of 50 % or more marked every collapsed run and no good "
         "one.</p>";
}

const char* no_advice_html() {
  return "<p>Nothing to do here. The opposite fault, an alpha that is too small, cannot be seen in "
         "this number: the slot then is nearly linear and trains slower. It shows as curves that "
         "start late; <code>alpha0=auto</code> or a larger <code>alpha0</code> is what to try.</p>";
}

}  // namespace

std::string health_section(const std::vector<Slot>& slots) {
  std::vector<std::string> figures;
  std::vector<std::string> lines;
  std::string tables;
  bool flagged = false;
  for (size_t i = 0; i < slots.size(); ++i) {
    const std::vector<Layer> layers = layers_of(slots[i]);
    if (layers.empty()) {
      continue;
    }
    figures.push_back(health_figure(slots[i], layers, i));
    lines.push_back(verdict_line(slots[i], layers));
    tables += layers_table(slots[i], layers);
    flagged = flagged || std::any_of(layers.begin(), layers.end(), [](const Layer& layer) {
                return level_of(layer.worst()) != "ok";
              });
  }
  if (figures.empty()) {
    return element("p",
                   "Not measured: no run with a point-wise slot (DyT and its relatives) finished.");
  }
  return element(
             "p",
             "Share of a layer’s inputs with |alpha·x| &gt; 2 at the end of training, on the test "
             "images: there tanh is flat and passes almost no gradient. Warning from 30 %, alarm "
             "from 50 %, in the worst seed.") +
         list_html(lines) + figures_html(figures) + (flagged ? advice_html() : no_advice_html()) +
         details_html("The numbers of every layer", tables);
}

}  // namespace dyt::report
