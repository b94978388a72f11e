// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/compare_data.h"

#include "dyt/report/internal/alpha_spread.h"
#include "dyt/report/internal/json_node.h"

namespace dyt::report {
namespace {

std::optional<Interval> parse_interval(const JsonNode& node, const std::string& key) {
  const std::vector<double> ends = node.numbers(key);
  if (ends.empty()) {
    return std::nullopt;
  }
  if (ends.size() != 2) {
    node.fail(key, "two numbers");
  }
  return Interval{ends[0], ends[1]};
}

bool parse_diverged(const JsonNode& node) {
  const std::string status = node.text("status");
  if (!status.empty() && status != "finished" && status != "diverged") {
    node.fail("status", "\"finished\" or \"diverged\"");
  }
  return status == "diverged";
}

double or_nan(std::optional<double> value) {
  return value ? *value : JsonNode(nullptr, "", "").as_number();
}

std::vector<CurvePoint> parse_curve(const std::vector<JsonNode>& nodes) {
  std::vector<CurvePoint> curve;
  for (const JsonNode& node : nodes) {
    curve.push_back({.epoch = or_nan(node.number("epoch")),
                     .train_loss = or_nan(node.number("train_loss")),
                     .test_loss = or_nan(node.number("test_loss")),
                     .test_accuracy = or_nan(node.number("test_accuracy"))});
  }
  return curve;
}

SeedRun parse_seed(const JsonNode& node) {
  SeedRun run;
  run.seed = node.integer("seed").value_or(0);
  run.diverged = parse_diverged(node);
  run.step = node.integer("step");
  run.test_accuracy = node.number("test_accuracy");
  run.test_loss = node.number("test_loss");
  run.train_loss = node.number("train_loss");
  run.best_epoch = node.object("best").integer("epoch");
  run.best_accuracy = node.object("best").number("test_accuracy");
  run.curve = parse_curve(node.list("curve"));
  for (const JsonNode& alpha : node.list("alpha")) {
    run.alphas.push_back({alpha.text("name"), alpha.numbers("values")});
  }
  for (const JsonNode& trace : node.list("input_std")) {
    run.input_stds.push_back({trace.text("name"), trace.numbers("values")});
  }
  run.nonfinite = node.text("nonfinite");
  run.health = parse_health(node.list("health"));
  for (const JsonNode& picture : node.list("pictures")) {
    run.pictures.push_back({.file = picture.text("file"), .caption = picture.text("caption")});
  }
  run.time_seconds = node.number("time_seconds");
  run.memory_peak_bytes = node.integer("memory_peak_bytes");
  return run;
}

std::optional<Versus> parse_versus(const JsonNode& node) {
  if (!node.present()) {
    return std::nullopt;
  }
  Versus versus;
  versus.n = node.integer("n").value_or(0);
  const JsonNode difference = node.object("difference_points");
  versus.mean = difference.number("mean");
  versus.std = difference.number("std");
  versus.interval95 = parse_interval(difference, "interval95");
  versus.image_interval95 = parse_interval(node, "image_interval95_points");
  versus.per_seed = difference.numbers("per_seed");
  versus.verdict = node.text("verdict");
  versus.within_margin = node.boolean("within_margin").value_or(false);
  versus.seeds_to_decide = node.text("seeds_to_decide_text");
  versus.sentence = node.text("sentence");
  return versus;
}

Slot parse_slot(const JsonNode& node) {
  Slot slot;
  slot.slot = node.required_text("slot");
  slot.label = node.text("label").empty() ? slot.slot : node.text("label");
  slot.kind = node.text("kind");
  slot.summary = node.text("summary");
  slot.parameters = node.integer("parameters");
  for (const JsonNode& seed : node.list("seeds")) {
    slot.seeds.push_back(parse_seed(seed));
  }
  slot.accuracy_mean = node.object("accuracy").number("mean");
  slot.accuracy_std = node.object("accuracy").number("std");
  slot.best_mean = node.object("accuracy").number("best_mean");
  slot.loss_mean = node.object("loss").number("mean");
  slot.loss_std = node.object("loss").number("std");
  for (const JsonNode& measure : node.list("measures")) {
    slot.measures.push_back({.title = measure.text("title"),
                             .mean = measure.number("mean"),
                             .std = measure.number("std")});
  }
  slot.diverged = node.integer("diverged").value_or(0);
  slot.versus = parse_versus(node.object("versus_baseline"));
  slot.alpha_spread = parse_alpha_spread(node.object("alpha_and_spread"));
  return slot;
}

std::optional<Cost> parse_cost(const JsonNode& node) {
  if (!node.present()) {
    return std::nullopt;
  }
  Cost cost{.threads = node.integer("threads"),
            .batch = node.integer("batch"),
            .rounds = node.integer("rounds"),
            .steps_per_round = node.integer("steps_per_round")};
  for (const JsonNode& slot : node.list("slots")) {
    cost.slots.push_back({.slot = slot.text("slot"),
                          .step_ms = slot.number("time_step_ms"),
                          .share_ms = slot.number("time_share_ms"),
                          .memory_peak_bytes = slot.integer("memory_peak_bytes")});
  }
  return cost;
}

std::optional<Strip> parse_strip(const JsonNode& node) {
  if (!node.present()) {
    return std::nullopt;
  }
  Strip strip{
      .epochs = node.integer("epochs"), .seed = node.integer("seed"), .lrs = node.numbers("lrs")};
  for (const JsonNode& slot : node.list("slots")) {
    StripSlot row{.slot = slot.text("slot")};
    for (const JsonNode& cell : slot.list("cells")) {
      row.cells.push_back({.lr = or_nan(cell.number("lr")),
                           .diverged = parse_diverged(cell),
                           .test_accuracy = cell.number("test_accuracy"),
                           .step = cell.integer("step")});
    }
    strip.slots.push_back(row);
  }
  return strip;
}

void parse_data(const JsonNode& node, CompareData& data) {
  data.data_name = node.text("name");
  data.data_summary = node.text("summary");
  data.data_source = node.text("source");
  data.data_licence = node.text("licence");
  data.data_checksum = node.text("checksum");
  data.train_images = node.integer("train");
  data.test_images = node.integer("test");
  data.image_weight_points = node.number("image_weight_points");
}

}  // namespace

CompareData parse_compare(const std::string& text) {
  const JsonDocument document("compare.json", text);
  const JsonNode root = document.root();
  if (root.integer("version") != 1) {
    root.fail("version", "1");
  }
  CompareData data;
  data.title = root.text("title");
  data.command = root.text("command");
  parse_data(root.object("data"), data);
  data.model_summary = root.object("model").text("summary");
  if (const std::string name = root.text("accuracy_of"); !name.empty()) {
    data.accuracy_of = name;
  }
  for (const JsonNode& slot : root.list("slots")) {
    data.slots.push_back(parse_slot(slot));
  }
  if (data.slots.empty()) {
    root.fail("slots", "at least one slot");
  }
  data.margin_points = root.number("margin_points");
  data.cost = parse_cost(root.object("cost"));
  data.strip = parse_strip(root.object("strip"));
  data.norms = parse_norms(root.object("norms"));
  data.kpi = parse_kpi(root.object("kpi"));
  for (const JsonNode& warning : root.list("warnings")) {
    data.warnings.push_back(warning.as_text());
  }
  data.config_toml = root.text("config_toml");
  data.environment = flatten(root.object("environment"));
  return data;
}

std::vector<LayerHealth> parse_health(const std::vector<JsonNode>& nodes) {
  std::vector<LayerHealth> layers;
  for (const JsonNode& node : nodes) {
    LayerHealth layer{.name = node.text("name"),
                      .site = node.text("site"),
                      .alpha = node.number("alpha"),
                      .saturated = node.number("saturated"),
                      .level = node.text("level")};
    if (layer.level.empty() && layer.saturated) {
      layer.level = level_of(*layer.saturated);
    }
    layers.push_back(layer);
  }
  return layers;
}

std::vector<std::pair<std::string, std::string>> flatten(const JsonNode& node) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& [key, value] : node.members()) {
    if (!value.is_object()) {
      rows.emplace_back(key, value.as_text());
      continue;
    }
    for (const auto& [inner_key, inner_value] : flatten(value)) {
      rows.emplace_back(key + ", " + inner_key, inner_value);
    }
  }
  return rows;
}

std::string level_of(double saturated) {
  if (saturated >= kAlarmFraction) {
    return "alarm";
  }
  return saturated >= kWarningFraction ? "warning" : "ok";
}

const CostSlot* find_cost(const CompareData& data, const std::string& slot) {
  if (data.cost) {
    for (const CostSlot& row : data.cost->slots) {
      if (row.slot == slot) {
        return &row;
      }
    }
  }
  return nullptr;
}

std::string label_of(const CompareData& data, const std::string& slot) {
  for (const Slot& row : data.slots) {
    if (row.slot == slot) {
      return row.label;
    }
  }
  return slot;
}

bool is_none_slot(const std::string& slot) { return slot == "none" || slot.starts_with("none:"); }

}  // namespace dyt::report
