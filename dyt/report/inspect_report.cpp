// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/inspect_report.h"

#include "dyt/core/text.h"
#include "dyt/report/internal/alpha_spread.h"
#include "dyt/report/internal/dot_panel.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/health.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/json_node.h"
#include "dyt/report/internal/norm_maps.h"
#include "dyt/report/internal/text_table.h"

namespace dyt::report {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

struct SlotRow {
  std::string name, site, level;
  std::optional<int64_t> parameters;
  std::optional<double> alpha, inverse_std, input_std, input_max, saturated;
};

struct Inspection {
  std::string run, checkpoint, slot, model, data;
  std::optional<int64_t> step, test_images, parameters;
  std::optional<double> test_accuracy, test_loss;
  std::vector<SlotRow> slots;
  std::vector<std::pair<std::string, int64_t>> layers;  // name, parameters
  AlphaSpread alpha_spread;
  std::optional<Norms> norms;
  std::string other_data;  // by what the data are not the run's; "" where they are
};

SlotRow inspected_slot(const JsonNode& node) {
  return {.name = node.required_text("name"),
          .site = node.text("site"),
          .level = node.text("level"),
          .parameters = node.integer("parameters"),
          .alpha = node.number("alpha"),
          .inverse_std = node.number("inverse_std"),
          .input_std = node.number("input_std"),
          .input_max = node.number("input_max"),
          .saturated = node.number("saturated")};
}

Inspection parse(const std::string& text) {
  const JsonDocument document("inspection", text);
  const JsonNode root = document.root();
  if (root.integer("version") != 1) {
    root.fail("version", "1");
  }
  Inspection inspection{.run = root.text("run"),
                        .checkpoint = root.text("checkpoint"),
                        .slot = root.text("slot"),
                        .model = root.text("model"),
                        .data = root.text("data"),
                        .step = root.integer("step"),
                        .test_images = root.integer("test_images"),
                        .parameters = root.integer("parameters"),
                        .test_accuracy = root.number("test_accuracy"),
                        .test_loss = root.number("test_loss"),
                        .alpha_spread = parse_alpha_spread(root.object("alpha_and_spread")),
                        .norms = parse_norms(root.object("norms"))};
  std::vector<std::string> differences;
  for (const JsonNode& line : root.list("data_differences")) {
    differences.push_back(line.as_text());
  }
  inspection.other_data = core::join(differences, "; ");
  for (const JsonNode& slot : root.list("slots")) {
    inspection.slots.push_back(inspected_slot(slot));
  }
  for (const JsonNode& layer : root.list("layers")) {
    inspection.layers.emplace_back(layer.text("name"), layer.integer("parameters").value_or(0));
  }
  return inspection;
}

std::string optional_number(const std::optional<double>& value, const std::string& absent) {
  return value ? short_number(*value) : absent;
}

std::string percent_or(const std::optional<double>& fraction, const std::string& absent) {
  return fraction ? percent_text(*fraction) + " %" : absent;
}

std::string count_or(const std::optional<int64_t>& value, const std::string& absent) {
  return value ? thousands_text(*value) : absent;
}

// Name and site, then numbers; `absent` stands for what a kind of slot does not have.
std::vector<std::string> slot_cells(const SlotRow& slot, const std::string& absent) {
  return {slot.name,
          slot.site,
          count_or(slot.parameters, absent),
          optional_number(slot.alpha, absent),
          optional_number(slot.inverse_std, absent),
          optional_number(slot.input_std, absent),
          optional_number(slot.input_max, absent),
          percent_or(slot.saturated, absent),
          slot.level.empty() ? absent : slot.level};
}

std::vector<std::string> slot_head() {
  return {"slot",      "site",      "parameters", "alpha", "1/std",
          "input std", "input max", "saturated",  "level"};
}

std::string slots_table(const Inspection& inspection) {
  Table table{.head = slot_head()};
  for (const SlotRow& slot : inspection.slots) {
    std::vector<std::string> cells = slot_cells(slot, kNotAvailable);
    for (std::string& cell : cells) {
      cell = escape_html(cell);
    }
    table.rows.push_back(cells);
  }
  return table_html(table) +
         element("p",
                 "1/std: of all elements that arrive at the slot, over all test images. Saturated: "
                 "share of them with |alpha · x| &gt; 2. What a kind of slot does not have is left "
                 "out.");
}

std::string spread_figure(const Inspection& inspection) {
  DotPanel panel{.name = "input_std",
                 .x_label = "std of the slot’s input",
                 .description = "Standard deviation of the input of every norm slot",
                 .labels_left = true,
                 .range = Interval{0, 0}};
  for (const SlotRow& slot : inspection.slots) {
    if (slot.input_std) {
      panel.rows.push_back({.label = slot.name,
                            .value = short_number(*slot.input_std),
                            .color = "#0072B2",
                            .dots = {*slot.input_std}});
    }
  }
  const std::string svg = dot_panel_svg(panel);
  return svg.empty() ? "" : figure_html(svg, "How the stream grows with depth.");
}

std::string parameters_table(const Inspection& inspection) {
  Table table{.head = {"Part", "Parameters", "Share"}};
  for (const auto& [name, parameters] : inspection.layers) {
    const double share =
        static_cast<double>(parameters) / static_cast<double>(inspection.parameters.value_or(1));
    table.rows.push_back(
        {escape_html(name), thousands_text(parameters), percent_text(share) + " %"});
  }
  return details_html("Parameters of every part", table_html(table));
}

// The one run as a comparison's slot, for the sections that are shared.
Slot as_slot(const Inspection& inspection) {
  Slot slot{.slot = inspection.slot, .label = inspection.slot, .seeds = {SeedRun{}}};
  for (const SlotRow& row : inspection.slots) {
    if (row.saturated) {
      slot.seeds[0].health.push_back({row.name, row.site, row.alpha, row.saturated, row.level});
    }
  }
  return slot;
}

Facts facts_of(const Inspection& inspection) {
  return {{"checkpoint", inspection.checkpoint},
          {"model", inspection.model},
          {"norm slot", inspection.slot},
          {"parameters", count_or(inspection.parameters, "")},
          {"test accuracy", inspection.test_accuracy
                                ? percent_text(*inspection.test_accuracy, 2) + " % of " +
                                      count_or(inspection.test_images, "?") + " images of " +
                                      inspection.data
                                : ""},
          {"other data than the run's", inspection.other_data},
          {"test loss", inspection.test_loss ? core::fixed_text(*inspection.test_loss, 4) : ""}};
}

std::string alpha_part(const Inspection& inspection) {
  if (inspection.alpha_spread.layers.empty()) {
    return "";
  }
  return element("h2", "What alpha does") +
         element("p",
                 "In the paper layers with a large 1/std of their input end with a large alpha "
                 "(its Figure 8). Here: " +
                     correlation_sentence(inspection.alpha_spread)) +
         figures_html({alpha_scatter_figure(
             inspection.alpha_spread, "A point a layer. Dark: first layers; light: last.", 0)});
}

}  // namespace

std::string inspect_report_html(const std::string& inspection_json) {
  const Inspection inspection = parse(inspection_json);
  std::string body = element("h1", "A look into " + escape_html(inspection.run)) +
                     facts_html(facts_of(inspection)) + element("h2", "Norm slots") +
                     slots_table(inspection) + figures_html({spread_figure(inspection)}) +
                     parameters_table(inspection) + alpha_part(inspection);
  if (const Slot slot = as_slot(inspection); !slot.seeds[0].health.empty()) {
    body += element("h2", "Health of the layers") + health_section({slot});
  }
  if (inspection.norms) {
    body += norms_section(*inspection.norms, inspection.slot);
  }
  return page_html("A look into " + inspection.run, body);
}

std::string inspect_table_text(const std::string& inspection_json) {
  const Inspection inspection = parse(inspection_json);
  std::string text;
  for (const auto& [name, value] : facts_of(inspection)) {
    text += value.empty() ? "" : name + ": " + value + "\n";
  }
  std::vector<std::vector<std::string>> rows = {slot_head()};
  for (const SlotRow& slot : inspection.slots) {
    rows.push_back(slot_cells(slot, "-"));
  }
  text += "\n" + aligned(rows);
  if (!inspection.alpha_spread.layers.empty()) {
    text += "\n" +
            wrapped("alpha against 1/std: " + correlation_sentence(inspection.alpha_spread), "  ");
  }
  return printable(text);
}

}  // namespace dyt::report
