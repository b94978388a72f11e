// SPDX-License-Identifier: Apache-2.0
#include "tests/report/sample.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

// A fixed pseudo-random number in [-1, 1] for these coordinates.
double noise(uint64_t a, uint64_t b, uint64_t c) {
  uint64_t x = a * 0x9E3779B97F4A7C15u + b * 0xBF58476D1CE4E5B9u + c * 0x94D049BB133111EBu + 1;
  for (int i = 0; i < 3; ++i) {
    x ^= x >> 31;
    x *= 0xD6E8FEB86659FD93u;
  }
  return static_cast<double>(x >> 11) / 4503599627370496.0 - 1;
}

double in_images(double accuracy) { return std::round(std::min(accuracy, 1.0) * 360) / 360; }

std::vector<std::string> layer_names(int64_t depth) {
  std::vector<std::string> names;
  for (int64_t block = 0; block < depth; ++block) {
    names.push_back("blocks." + std::to_string(block) + ".norm1");
    names.push_back("blocks." + std::to_string(block) + ".norm2");
  }
  names.push_back("fc_norm");
  return names;
}

std::string site_of(const std::string& name) {
  if (name == "fc_norm") {
    return "final";
  }
  return name.ends_with("norm1") ? "attention" : "ffn";
}

std::string level_of_sample(double saturated) {
  if (saturated >= 0.5) {
    return "alarm";
  }
  return saturated >= 0.3 ? "warning" : "ok";
}

Json sample_curve(const SampleSlot& slot, size_t slot_index, int64_t seed, int64_t epochs,
                  double last) {
  Json curve = Json::array();
  for (int64_t epoch = 1; epoch <= epochs; ++epoch) {
    const double rest = std::exp(-slot.speed * 0.34 * static_cast<double>(epoch));
    const double wobble = 0.012 * noise(slot_index, seed, epoch) * std::sqrt(rest);
    const double accuracy =
        epoch == epochs ? last : std::clamp(last - 0.95 * (last - 0.1) * rest + wobble, 0.08, 1.0);
    curve.push_back({{"epoch", epoch},
                     {"train_loss", 2.3 * rest + 0.035 + 0.03 * (1 - last) / 0.02 +
                                        0.01 * noise(slot_index, seed, 1000 + epoch) * rest},
                     {"test_loss", 2.2 * rest + 0.05},
                     {"test_accuracy", in_images(accuracy)}});
  }
  return curve;
}

void add_layers(const SampleSlot& slot, const SampleOptions& options, int64_t seed, bool diverges,
                Json& run) {
  const std::vector<std::string> names = layer_names(options.depth);
  for (size_t i = 0; i < names.size() && slot.alpha0 > 0; ++i) {
    const double depth = static_cast<double>(i) / static_cast<double>(names.size());
    const double start = slot.alpha0 * (slot.alpha0 == 0.5 ? 1 : 1.9 - 1.4 * depth);
    const double end = start * (1.25 - 0.7 * depth) + 0.02 * noise(i, seed, 5);
    Json values = Json::array();
    for (int64_t epoch = 1; epoch <= (diverges ? options.epochs / 2 : options.epochs); ++epoch) {
      values.push_back(end + (start - end) * std::exp(-0.25 * static_cast<double>(epoch)));
    }
    run["alpha"].push_back({{"name", names[i]}, {"values", values}});
    if (!diverges) {
      const double share =
          std::clamp(slot.saturated * (0.35 + 0.65 * depth) + 0.015 * noise(i, seed, 9), 0.0, 1.0);
      run["health"].push_back({{"name", names[i]},
                               {"site", site_of(names[i])},
                               {"alpha", end},
                               {"saturated", share},
                               {"level", level_of_sample(share)}});
    }
  }
}

Json sample_seed(const SampleSlot& slot, size_t index, int64_t seed, const SampleOptions& options) {
  const bool diverges = slot.diverges && seed + 1 == options.seeds;
  const double last = in_images(slot.accuracy + 0.007 * noise(index, seed, 77));
  Json run = {{"seed", seed}, {"status", diverges ? "diverged" : "finished"}};
  const int64_t epochs = diverges ? options.epochs / 2 : options.epochs;
  run["step"] = diverges ? 44 * epochs + 17 : 44 * epochs;
  run["test_accuracy"] = diverges ? Json() : Json(last);
  run["test_loss"] = diverges ? Json() : Json(0.05 + 2 * (1 - last));
  run["train_loss"] = diverges ? Json() : Json(0.04);
  run["best"] = {{"epoch", std::max<int64_t>(1, epochs - 3)},
                 {"test_accuracy", in_images(last + 0.004)}};
  run["curve"] = sample_curve(slot, index, seed, epochs, last);
  run["alpha"] = Json::array();
  run["health"] = Json::array();
  add_layers(slot, options, seed, diverges, run);
  run["time_seconds"] = 9.4 + noise(index, seed, 3);
  run["memory_peak_bytes"] = 412 << 20;
  return run;
}

struct Summary {
  Json mean, std;
};

Summary summary_of(const std::vector<double>& values) {
  if (values.empty()) {
    return {};
  }
  double mean = 0;
  for (const double value : values) {
    mean += value / static_cast<double>(values.size());
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  const auto n = static_cast<double>(values.size());
  return {mean, n > 1 ? Json(std::sqrt(squares / (n - 1))) : Json()};
}

std::vector<double> values_of(const Json& seeds, const char* key) {
  std::vector<double> values;
  for (const Json& run : seeds) {
    if (!run[key].is_null()) {
      values.push_back(run[key]);
    }
  }
  return values;
}

Json versus_baseline(const Json& slot, const Json& baseline) {
  std::vector<double> differences;
  for (size_t i = 0; i < slot["seeds"].size(); ++i) {
    const Json& mine = slot["seeds"][i]["test_accuracy"];
    const Json& theirs = baseline["seeds"][i]["test_accuracy"];
    if (!mine.is_null() && !theirs.is_null()) {
      differences.push_back(100 * (mine.get<double>() - theirs.get<double>()));
    }
  }
  const Summary summary = summary_of(differences);
  Json versus = {
      {"n", differences.size()},
      {"difference_points",
       {{"mean", summary.mean},
        {"std", summary.std},
        {"interval95", nullptr},
        {"interval90", nullptr},
        {"per_seed", differences}}},
      {"image_interval95_points", nullptr},
      {"verdict", "none"},
      {"within_margin", false},
      {"seeds_to_decide", nullptr},
      {"seeds_to_decide_text", nullptr},
      {"sentence", slot["label"].get<std::string>() + ": no verdict: one seed has no spread."}};
  if (summary.std.is_null()) {
    return versus;
  }
  const double mean = summary.mean;
  const double error =
      summary.std.get<double>() / std::sqrt(static_cast<double>(differences.size()));
  const Json interval = {mean - 2.776 * error, mean + 2.776 * error};
  const bool worse = mean + 2.776 * error < 0;
  const bool matches = !worse && std::abs(mean) + 2.132 * error < 1;
  versus["difference_points"]["interval95"] = interval;
  versus["difference_points"]["interval90"] = {mean - 2.132 * error, mean + 2.132 * error};
  versus["image_interval95_points"] = {mean - 1.1, mean + 0.9};
  versus["verdict"] = worse ? "worse" : (matches ? "matches" : "undecided");
  if (!worse && !matches) {
    versus["seeds_to_decide"] = 9;
    versus["seeds_to_decide_text"] = "9";
  }
  versus["sentence"] = slot["label"].get<std::string>() + " " +
                       (worse     ? "is worse than "
                        : matches ? "matches "
                                  : "is undecided against ") +
                       baseline["label"].get<std::string>() + ": " +
                       std::to_string(mean).substr(0, 5) + " points, 95 % interval over 5 seeds.";
  return versus;
}

Json sample_slot(const SampleSlot& slot, size_t index, const SampleOptions& options) {
  const std::string kind = slot.slot.substr(0, slot.slot.find(':'));
  Json result = {{"slot", slot.slot},
                 {"label", slot.label},
                 {"kind", kind},
                 {"summary", "<formula> of " + kind},
                 {"parameters", 209738 + 9 * index}};
  result["seeds"] = Json::array();
  for (int64_t seed = 0; seed < options.seeds; ++seed) {
    result["seeds"].push_back(sample_seed(slot, index, seed, options));
  }
  const Summary accuracy = summary_of(values_of(result["seeds"], "test_accuracy"));
  const Summary loss = summary_of(values_of(result["seeds"], "test_loss"));
  const Json best = accuracy.mean.is_null() ? Json() : Json(accuracy.mean.get<double>() + 0.004);
  result["accuracy"] = {{"mean", accuracy.mean}, {"std", accuracy.std}, {"best_mean", best}};
  result["loss"] = {{"mean", loss.mean}, {"std", loss.std}};
  result["diverged"] = slot.diverges ? 1 : 0;
  result["versus_baseline"] = nullptr;
  return result;
}

Json sample_cost(const std::vector<SampleSlot>& slots) {
  Json rows = Json::array();
  const bool with_none = std::any_of(slots.begin(), slots.end(),
                                     [](const SampleSlot& slot) { return slot.slot == "none"; });
  for (size_t i = 0; i < slots.size(); ++i) {
    const double share = slots[i].slot == "none" ? 0 : 0.61 + 0.13 * static_cast<double>(i % 3);
    rows.push_back({{"slot", slots[i].slot},
                    {"time_step_ms", 9.83 + share},
                    {"time_share_ms", with_none ? Json(share) : Json()},
                    {"memory_peak_bytes", (398 << 20) + (static_cast<int64_t>(i) << 20)}});
  }
  return {{"threads", 1}, {"batch", 32}, {"rounds", 10}, {"steps_per_round", 10}, {"slots", rows}};
}

Json sample_strip(const std::vector<SampleSlot>& slots) {
  const std::vector<double> lrs = {0.001, 0.003, 0.01, 0.03};
  Json rows = Json::array();
  for (const SampleSlot& slot : slots) {
    Json cells = Json::array();
    for (size_t i = 0; i < std::min(lrs.size(), slot.strip.size()); ++i) {
      const bool diverged = slot.strip[i] < 0;
      cells.push_back({{"lr", lrs[i]},
                       {"status", diverged ? "diverged" : "finished"},
                       {"test_accuracy", diverged ? Json() : Json(slot.strip[i])},
                       {"step", diverged ? -slot.strip[i] : 264}});
      cells.back()["step"] = static_cast<int64_t>(diverged ? -slot.strip[i] : 264);
    }
    rows.push_back({{"slot", slot.slot}, {"cells", cells}});
  }
  return {{"epochs", 6}, {"seed", 0}, {"lrs", lrs}, {"slots", rows}};
}

}  // namespace

std::vector<SampleSlot> default_sample_slots() {
  return {
      {"layer_norm", "LayerNorm", 0.986, 1.0, 0, 0, {0.93, 0.94, 0.92, 0.66}},
      {"dyt", "DyT (alpha0 = 0.5)", 0.972, 0.7, 0.5, 0.03, {0.63, 0.83, 0.85, 0.37}},
      {"dyt:alpha0=auto", "DyT (alpha0 = auto)", 0.982, 0.95, 1.1, 0.36, {0.92, 0.94, 0.20, 0.09}},
      {"none", "no norm", 0.985, 1.0, 0, 0, {0.90, 0.96, 0.82, -37}},
  };
}

nlohmann::ordered_json sample_compare(const SampleOptions& options) {
  const std::vector<SampleSlot> slots =
      options.slots.empty() ? default_sample_slots() : options.slots;
  Json json = {{"version", 1}, {"title", "digits"}, {"command", "dyt compare out=runs/demo"}};
  json["data"] = {{"name", "digits"},
                  {"summary", "UCI handwritten digits, 8x8 images"},
                  {"source", "https://archive.ics.uci.edu/dataset/80"},
                  {"licence", "CC BY 4.0"},
                  {"train", 1437},
                  {"test", 360},
                  {"image_weight_points", 100.0 / 360},
                  {"checksum", std::string(64, 'a')}};
  json["model"] = {{"summary", "vit: image 8, patch 2, channels 1, dim 64, depth 4, heads 4"},
                   {"depth", options.depth},
                   {"dim", 64}};
  json["slots"] = Json::array();
  for (size_t i = 0; i < slots.size(); ++i) {
    json["slots"].push_back(sample_slot(slots[i], i, options));
    if (i > 0) {
      json["slots"][i]["versus_baseline"] = versus_baseline(json["slots"][i], json["slots"][0]);
    }
  }
  json["margin_points"] = 1.0;
  json["cost"] = sample_cost(slots);
  json["strip"] = sample_strip(slots);
  json["kpi"] = sample_kpi(slots);
  json["warnings"] = {
      "alpha0 = 0.5 is published for widths from 384; at width 64 it trains slower "
      "than alpha0=auto"};
  json["config"] = {{"margin", 1.0}};
  json["config_toml"] = "seeds = 5\nmargin = 1.0\n\n[model]\ndim = 64\ndepth = 4\n";
  json["environment"] = {{"version", "0.1.0"},
                         {"results_version", 1},
                         {"libtorch", "2.11.0"},
                         {"compiler", "g++ 12.2.0"},
                         {"hardware", {{"cpu", "Example CPU"}, {"cores", 2}}}};
  return json;
}

std::string sample_metrics() {
  const Json run = sample_seed(default_sample_slots()[2], 2, 0, {});
  std::string text;
  for (size_t i = 0; i < run["curve"].size(); ++i) {
    Json line = run["curve"][i];
    line["step"] = 44 * (i + 1);
    line["lr"] = 0.003 * std::exp(-0.2 * static_cast<double>(i));
    for (const Json& alpha : run["alpha"]) {
      line["alpha"][alpha["name"].get<std::string>()] = alpha["values"][i];
    }
    text += line.dump() + "\n";
  }
  return text;
}

std::string sample_result() {
  Json result = sample_seed(default_sample_slots()[2], 2, 0, {});
  result["version"] = 1;
  result["parameters"] = 209747;
  result["correct"] = std::string(360, '1');
  for (Json& layer : result["health"]) {
    layer.erase("level");  // a run's result.json has none
  }
  return result.dump();
}

}  // namespace dyt::report
