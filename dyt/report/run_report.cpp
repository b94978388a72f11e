// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/run_report.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/text.h"
#include "dyt/formats/json_lines.h"
#include "dyt/report/internal/compare_data.h"
#include "dyt/report/internal/compare_sections.h"
#include "dyt/report/internal/curves.h"
#include "dyt/report/internal/format.h"
#include "dyt/report/internal/health.h"
#include "dyt/report/internal/html.h"
#include "dyt/report/internal/json_node.h"
#include "dyt/report/internal/line_panel.h"

namespace dyt::report {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

struct RunData {
  Slot slot;  // one seed; curves, alpha and health have the form of a comparison's
  bool ended = false;
  std::vector<double> learning_rates;  // one a line
  std::optional<double> time_seconds;
  Facts environment;
  std::string command;
  Facts pictures;  // file and caption
  Facts measures;  // title and value
  std::string accuracy_of = "test accuracy";

  bool is_of_test_images() const { return accuracy_of == "test accuracy"; }
};

double number_or_nan(std::optional<double> value) { return value.value_or(std::nan("")); }

std::string maybe(std::optional<double> value, int digits) {
  return value ? core::fixed_text(*value, digits) : "";
}

void add_alpha(const JsonNode& line, SeedRun& run) {
  for (const auto& [name, value] : line.object("alpha").members()) {
    auto found = std::find_if(run.alphas.begin(), run.alphas.end(),
                              [&](const AlphaCurve& curve) { return curve.name == name; });
    if (found == run.alphas.end()) {
      found = run.alphas.insert(run.alphas.end(), {name, {}});
    }
    found->values.push_back(value.as_number());
  }
}

void add_metrics_line(const JsonNode& line, RunData& data) {
  SeedRun& run = data.slot.seeds.front();
  run.curve.push_back({.epoch = number_or_nan(line.number("epoch")),
                       .train_loss = number_or_nan(line.number("train_loss")),
                       .test_loss = number_or_nan(line.number("test_loss")),
                       .test_accuracy = number_or_nan(line.number("test_accuracy"))});
  run.step = line.integer("step");
  data.learning_rates.push_back(number_or_nan(line.number("lr")));
  add_alpha(line, run);
}

void read_metrics(const std::string& text, RunData& data) {
  // A run that still goes on may be in the middle of its last line.
  for (const formats::JsonLine& line :
       formats::parse_json_lines(text, "metrics.jsonl", formats::PartialLine::kIgnore)) {
    const JsonDocument document("metrics.jsonl, line " + std::to_string(line.number), line.text);
    add_metrics_line(document.root(), data);
  }
}

void read_result(const std::string& text, RunData& data) {
  if (core::trim(text).empty()) {
    return;
  }
  const JsonDocument document("result.json", text);
  const JsonNode root = document.root();
  if (root.integer("version") != 1) {
    root.fail("version", "1");
  }
  SeedRun& run = data.slot.seeds.front();
  data.ended = true;
  run.diverged = root.text("status") == "diverged";
  run.step = root.integer("step");
  run.nonfinite = root.object("nonfinite").text("words");
  run.test_accuracy = root.number("test_accuracy");
  run.test_loss = root.number("test_loss");
  run.train_loss = root.number("train_loss");
  run.best_epoch = root.object("best").integer("epoch");
  run.best_accuracy = root.object("best").number("test_accuracy");
  run.health = parse_health(root.list("health"));
  run.memory_peak_bytes = root.integer("memory_peak_bytes");
  for (const JsonNode& picture : root.list("pictures")) {
    data.pictures.emplace_back(picture.text("file"), picture.text("caption"));
  }
  for (const JsonNode& measure : root.list("measures")) {
    data.measures.emplace_back(measure.text("title"), maybe(measure.number("value"), 4));
  }
  data.slot.parameters = root.integer("parameters");
  data.time_seconds = root.number("time_seconds");
  if (const std::string name = root.text("accuracy_of"); !name.empty()) {
    data.accuracy_of = name;
  }
}

void read_environment(const std::string& text, RunData& data) {
  if (core::trim(text).empty()) {
    return;
  }
  const JsonDocument document("env.json", text);
  data.environment = flatten(document.root());
  // "repeat" is whole; older runs only have the command as it was given.
  for (const char* wanted : {"command", "repeat"}) {
    for (const auto& [name, value] : data.environment) {
      data.command = name == wanted && !value.empty() ? value : data.command;
    }
  }
  std::erase_if(data.environment,
                [](const auto& fact) { return fact.first == "command" || fact.first == "repeat"; });
}

std::string outcome(const RunData& data) {
  const SeedRun& run = data.slot.seeds.front();
  if (!data.ended) {
    return run.curve.empty()
               ? "This run has not finished an epoch yet."
               : "This run has not ended: " +
                     plural(static_cast<int64_t>(run.curve.size()), "epoch") + " so far.";
  }
  if (run.diverged) {
    return "This run diverged: loss or weights were not finite" +
           (run.step ? " at step " + thousands_text(*run.step) : std::string()) +
           (run.nonfinite.empty() ? "" : "; " + escape_html(run.nonfinite)) + ".";
  }
  return "Finished" +
         (run.test_accuracy
              ? " at " + percent_text(*run.test_accuracy, 2) + " % " + escape_html(data.accuracy_of)
              : std::string()) +
         ".";
}

Facts result_facts(const RunData& data) {
  const SeedRun& run = data.slot.seeds.front();
  Facts facts = {{"test loss", maybe(run.test_loss, 4)},
                 {"training loss", maybe(run.train_loss, 4)}};
  if (run.best_accuracy && run.best_epoch) {
    facts.emplace_back("best epoch", std::to_string(*run.best_epoch) + ", " +
                                         percent_text(*run.best_accuracy, 2) +
                                         " % (picked on the test images)");
  }
  facts.insert(facts.end(), data.measures.begin(), data.measures.end());
  facts.emplace_back("parameters",
                     data.slot.parameters ? thousands_text(*data.slot.parameters) : "");
  facts.emplace_back("steps", run.step ? thousands_text(*run.step) : "");
  facts.emplace_back("time", data.time_seconds ? duration_text(*data.time_seconds) : "");
  facts.emplace_back("peak memory",
                     run.memory_peak_bytes ? mebibytes_text(*run.memory_peak_bytes) : "");
  return facts;
}

Line loss_line(const RunData& data, const std::string& title, double CurvePoint::*value) {
  Line line{.title = title, .width = 2, .end_label = title};
  for (const CurvePoint& point : data.slot.seeds.front().curve) {
    line.x.push_back(point.epoch);
    line.y.push_back(point.*value);
  }
  return line;
}

std::string loss_figure(const RunData& data) {
  Line train = loss_line(data, "training", &CurvePoint::train_loss);
  Line test = loss_line(data, "test", &CurvePoint::test_loss);
  train.color = "#0072B2";
  test.color = "#D55E00";
  test.dash = "(6,3)";
  const std::string svg = line_panel_svg({.name = "loss",
                                          .title = "Loss (log scale)",
                                          .description = "Training and test loss by epoch",
                                          .scale = {.kind = ScaleKind::kLog},
                                          .lines = {train, test}});
  return svg.empty() ? "" : figure_html(svg, "Training loss is the mean over the epoch’s steps.");
}

std::string accuracy_figure(const RunData& data) {
  Line line{.title = "test accuracy", .color = "#0072B2", .width = 2};
  for (const CurvePoint& point : data.slot.seeds.front().curve) {
    line.x.push_back(point.epoch);
    line.y.push_back(100 * point.test_accuracy);
  }
  const std::string svg =
      line_panel_svg({.name = "accuracy",
                      .title = data.is_of_test_images() ? "Test accuracy (%)" : "Accuracy (%)",
                      .description = "Test accuracy by epoch",
                      .scale = {.kind = ScaleKind::kAccuracy},
                      .lines = {line}});
  return svg.empty() ? "" : figure_html(svg, "The scale is stretched towards 100 %.");
}

std::string rate_figure(const RunData& data) {
  Line line{.title = "learning rate", .color = "#555555", .width = 2};
  const SeedRun& run = data.slot.seeds.front();
  for (size_t i = 0; i < run.curve.size(); ++i) {
    line.x.push_back(run.curve[i].epoch);
    line.y.push_back(data.learning_rates[i]);
  }
  const std::string svg = line_panel_svg({.name = "learning_rate",
                                          .title = "Learning rate (log scale)",
                                          .description = "Learning rate by epoch",
                                          .scale = {.kind = ScaleKind::kLog},
                                          .lines = {line}});
  return svg.empty() ? "" : figure_html(svg, "At each epoch’s last step.");
}

std::string pictures_html(const RunData& data, const PngOf& png_of) {
  std::vector<std::string> figures;
  for (const auto& [file, caption] : data.pictures) {
    const std::string png = png_of ? png_of(file) : "";
    if (!png.empty()) {
      figures.push_back(figure_html(png_html(png, caption), escape_html(caption)));
    }
  }
  return figures.empty() ? "" : figures_html(figures);
}

}  // namespace

std::string run_report_html(const std::string& config_toml, const std::string& metrics_jsonl,
                            const std::string& result_json, const std::string& env_json,
                            const PngOf& png_of) {
  RunData data{.slot = {.label = "this run", .seeds = {SeedRun{}}}};
  read_metrics(metrics_jsonl, data);
  read_result(result_json, data);
  read_environment(env_json, data);
  std::string body = element("h1", "One training run") + element("p.lead", outcome(data)) +
                     facts_html(result_facts(data)) + element("h2", "Training curves") +
                     figures_html({accuracy_figure(data), loss_figure(data), rate_figure(data)});
  if (const std::string pictures = pictures_html(data, png_of); !pictures.empty()) {
    body += element("h2", "Pictures") + pictures;
  }
  if (const std::string alpha = alpha_figure(data.slot, 0); !alpha.empty()) {
    body += element("h2", "alpha of each layer over training") + alpha_figures_html({alpha});
  }
  body += element("h2", "Health of the layers") + health_section({data.slot}) +
          repeat_section(data.command, config_toml, data.environment);
  return page_html("One training run", body);
}

}  // namespace dyt::report
