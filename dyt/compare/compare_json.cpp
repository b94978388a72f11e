// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/compare_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "dyt/analysis/slot_statistics.h"
#include "dyt/compare/kpi_json.h"
#include "dyt/compare/slot_name.h"
#include "dyt/compare/verdict.h"
#include "dyt/nn/norm_spec.h"
#include "dyt/nn/norm_table.h"
#include "dyt/tasks/inspection_json.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::ordered_json;
using Seeds = std::span<const RunResult>;  // one slot's runs, in the order of the seeds

constexpr double kPointsOfShare = 100;  // of a fraction

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string status_of(const RunResult& result) { return result.diverged ? "diverged" : "finished"; }

Json best_json(const RunResult& result) {
  if (!result.best_epoch) {
    return nullptr;
  }
  return {{"epoch", *result.best_epoch}, {"test_accuracy", or_null(result.best_accuracy)}};
}

Json curve_json(const RunResult& result) {
  Json curve = Json::array();
  for (const EpochMetrics& epoch : result.curve) {
    curve.push_back({{"epoch", epoch.epoch},
                     {"train_loss", or_null(epoch.train_loss)},
                     {"test_loss", or_null(epoch.test_loss)},
                     {"test_accuracy", or_null(epoch.test_accuracy)}});
  }
  return curve;
}

Json traces_json(const std::vector<SlotTrace>& list) {
  Json traces = Json::array();
  for (const SlotTrace& trace : list) {
    Json values = Json::array();
    for (const std::optional<double>& value : trace.values) {
      values.push_back(or_null(value));
    }
    traces.push_back({{"name", trace.name}, {"values", values}});
  }
  return traces;
}

Json health_json(const RunResult& result) {
  Json layers = Json::array();
  for (const LayerHealth& layer : result.health) {
    layers.push_back({{"name", layer.name},
                      {"site", layer.site},
                      {"alpha", or_null(layer.alpha)},
                      {"input_std", or_null(layer.input_std)},
                      {"saturated", layer.saturated},
                      {"level", analysis::saturation_level(layer.saturated)}});
  }
  return layers;
}

Json pictures_json(const RunResult& result) {
  Json pictures = Json::array();
  for (const RunPicture& picture : result.pictures) {
    pictures.push_back({{"file", picture.file}, {"caption", picture.caption}});
  }
  return pictures;
}

Json measures_json(const RunResult& result) {
  Json measures = Json::array();
  for (const RunMeasure& measure : result.measures) {
    measures.push_back(
        {{"name", measure.name}, {"title", measure.title}, {"value", or_null(measure.value)}});
  }
  return measures;
}

Json seed_json(int64_t seed, const RunResult& result) {
  return {{"seed", seed},
          {"status", status_of(result)},
          {"step", result.step},
          {"nonfinite", text_or_null(result.nonfinite)},
          {"test_accuracy", or_null(result.test_accuracy)},
          {"test_loss", or_null(result.test_loss)},
          {"train_loss", or_null(result.train_loss)},
          {"best", best_json(result)},
          {"curve", curve_json(result)},
          {"alpha", traces_json(result.alphas)},
          {"input_std", traces_json(result.input_stds)},
          {"health", health_json(result)},
          {"pictures", pictures_json(result)},
          {"measures", measures_json(result)},
          {"time_seconds", result.time_seconds},
          {"memory_peak_bytes", result.memory_peak_bytes}};
}

// Over the finished runs: the mean, and the standard deviation where there are two or more.
Json mean_std_json(const std::vector<double>& values) {
  return {{"mean", values.empty() ? Json() : Json(mean(values))},
          {"std", values.size() < 2 ? Json() : Json(standard_deviation(values))}};
}

Json mean_std_json(Seeds seeds, std::optional<double> RunResult::*field) {
  std::vector<double> values;
  for (const RunResult& result : seeds) {
    if (!result.diverged && result.*field) {
      values.push_back(*(result.*field));
    }
  }
  return mean_std_json(values);
}

// Of every measure that a finished run has, in the order of the first one that has it.
Json measure_means_json(Seeds seeds) {
  std::vector<std::pair<RunMeasure, std::vector<double>>> found;
  for (const RunResult& result : seeds) {
    for (const RunMeasure& measure : result.measures) {
      const auto same = [&](const auto& item) { return item.first.name == measure.name; };
      auto place = std::find_if(found.begin(), found.end(), same);
      if (place == found.end()) {
        place = found.insert(found.end(), {measure, {}});
      }
      if (measure.value) {
        place->second.push_back(*measure.value);
      }
    }
  }
  Json means = Json::array();
  for (const auto& [measure, values] : found) {
    Json mean = {{"name", measure.name}, {"title", measure.title}};
    mean.update(mean_std_json(values));
    means.push_back(mean);
  }
  return means;
}

Json accuracy_json(Seeds seeds) {
  Json accuracy = mean_std_json(seeds, &RunResult::test_accuracy);
  accuracy["best_mean"] = mean_std_json(seeds, &RunResult::best_accuracy)["mean"];
  return accuracy;
}

// The bootstrap over test images, with the seeds that finished in both.
std::optional<Interval> image_interval(const std::string& slot, Seeds seeds, Seeds baseline) {
  std::vector<std::string> slot_correct;
  std::vector<std::string> baseline_correct;
  for (size_t i = 0; i < seeds.size(); ++i) {
    if (!seeds[i].diverged && !baseline[i].diverged) {
      slot_correct.push_back(seeds[i].correct);
      baseline_correct.push_back(baseline[i].correct);
    }
  }
  return bootstrap_images(slot_correct, baseline_correct, slot);
}

Json difference_json(const PairedDifference& difference) {
  Json per_seed = Json::array();
  for (const auto& value : difference.per_seed) {
    if (value) {
      per_seed.push_back(*value);
    }
  }
  return {{"mean", or_null(difference.mean)},
          {"std", or_null(difference.std)},
          {"interval95", interval_json(difference.interval95)},
          {"interval90", interval_json(difference.interval90)},
          {"per_seed", per_seed}};
}

Json versus_json(const CompareOptions& options, const std::string& slot, Seeds seeds,
                 Seeds baseline) {
  const PairedDifference difference = paired_difference(accuracies(seeds), accuracies(baseline));
  const Verdict verdict = judge({.label = slot_label(slot),
                                 .baseline_label = slot_label(options.slots[0]),
                                 .difference = difference,
                                 .margin = options.margin,
                                 .seeds = static_cast<int64_t>(seeds.size()),
                                 .diverged = diverged_count(seeds),
                                 .baseline_diverged = diverged_count(baseline)});
  return {
      {"n", difference.n},
      {"difference_points", difference_json(difference)},
      {"image_interval95_points", interval_json(image_interval(slot, seeds, baseline))},
      {"verdict", verdict_word(verdict.kind)},
      {"within_margin", verdict.within_margin},
      {"seeds_to_decide", verdict.seeds_to_decide ? Json(*verdict.seeds_to_decide) : Json(nullptr)},
      {"seeds_to_decide_text", text_or_null(verdict.seeds_to_decide_text)},
      {"sentence", verdict.sentence}};
}

std::optional<double> last_of(const std::vector<SlotTrace>& traces, const std::string& name) {
  const auto found = std::find_if(traces.begin(), traces.end(),
                                  [&](const SlotTrace& trace) { return trace.name == name; });
  return found == traces.end() || found->values.empty() ? std::nullopt : found->values.back();
}

// Alpha and 1 / std of a layer at the end, each the mean over the seeds that finished.
std::optional<tasks::LayerAlpha> mean_alpha(Seeds seeds, const std::string& name) {
  std::vector<double> alphas;
  std::vector<double> inverses;
  for (const RunResult& result : seeds) {
    const auto alpha = last_of(result.alphas, name);
    const auto input_std = last_of(result.input_stds, name);
    if (!result.diverged && alpha && input_std && *input_std > 0) {
      alphas.push_back(*alpha);
      inverses.push_back(1 / *input_std);
    }
  }
  return alphas.empty() ? std::nullopt
                        : std::optional(tasks::LayerAlpha{name, mean(alphas), mean(inverses)});
}

Json alpha_and_spread(Seeds seeds) {
  const auto finished = std::find_if(seeds.begin(), seeds.end(),
                                     [](const RunResult& result) { return !result.diverged; });
  if (finished == seeds.end()) {
    return nullptr;
  }
  std::vector<tasks::LayerAlpha> layers;
  for (const SlotTrace& trace : finished->alphas) {
    if (const auto layer = mean_alpha(seeds, trace.name)) {
      layers.push_back(*layer);
    }
  }
  return layers.empty() ? Json(nullptr) : tasks::alpha_and_spread_json(layers);
}

Json slots_json(const CompareOptions& options, const std::vector<RunResult>& runs) {
  const size_t count = options.seeds.size();
  const Seeds baseline = std::span(runs).first(count);
  Json slots = Json::array();
  for (size_t i = 0; i < options.slots.size(); ++i) {
    const std::string& slot = options.slots[i];
    const std::string kind = nn::parse_norm_spec(slot).kind;
    const Seeds seeds = std::span(runs).subspan(i * count, count);
    Json seed_list = Json::array();
    for (size_t j = 0; j < count; ++j) {
      seed_list.push_back(seed_json(options.seeds[j], seeds[j]));
    }
    slots.push_back(
        {{"slot", slot},
         {"label", slot_label(slot)},
         {"kind", kind},
         {"summary", nn::norm_row(kind).summary},
         {"parameters", seeds[0].parameters},
         {"seeds", seed_list},
         {"accuracy", accuracy_json(seeds)},
         {"loss", mean_std_json(seeds, &RunResult::test_loss)},
         {"measures", measure_means_json(seeds)},
         {"diverged", diverged_count(seeds)},
         {"alpha_and_spread", alpha_and_spread(seeds)},
         {"versus_baseline", i == 0 ? Json() : versus_json(options, slot, seeds, baseline)}});
  }
  return slots;
}

Json strip_json(const CompareOptions& options, const std::vector<RunResult>& strip) {
  if (!options.strip.enabled) {
    return nullptr;
  }
  Json slots = Json::array();
  for (size_t i = 0; i < options.slots.size(); ++i) {
    Json cells = Json::array();
    for (size_t j = 0; j < options.strip.lrs.size(); ++j) {
      const RunResult& result = strip[i * options.strip.lrs.size() + j];
      cells.push_back({{"lr", options.strip.lrs[j]},
                       {"status", status_of(result)},
                       {"test_accuracy", or_null(result.test_accuracy)},
                       {"step", result.step}});
    }
    slots.push_back({{"slot", options.slots[i]}, {"cells", cells}});
  }
  return {{"epochs", options.strip.epochs},
          {"seed", options.strip.seed},
          {"lrs", options.strip.lrs},
          {"slots", slots}};
}

Json data_json(const DataFacts& data) {
  return {{"name", data.name},
          {"summary", data.summary},
          {"source", data.source},
          {"licence", data.licence},
          {"train", data.train},
          {"test", data.test},
          {"image_weight_points", kPointsOfShare / static_cast<double>(data.test)},
          {"checksum", data.checksum}};
}

}  // namespace

std::string compare_json_text(const CompareInput& input, const CompareResults& results) {
  const Json root = {
      {"version", 1},
      {"title", input.data.name},
      {"command", input.command},
      {"data", data_json(input.data)},
      {"model",
       {{"summary", input.model.summary}, {"depth", input.model.depth}, {"dim", input.model.dim}}},
      {"accuracy_of", results.runs.front().accuracy_of},
      {"slots", slots_json(input.options, results.runs)},
      {"margin_points", input.options.margin},
      {"cost", Json::parse(results.cost_json)},
      {"strip", strip_json(input.options, results.strip)},
      {"norms", Json::parse(results.norms_json)},
      {"kpi", kpi_json(input, results)},
      {"warnings", input.warnings},
      {"config", Json::parse(input.config_json)},
      {"config_toml", input.config_toml},
      {"environment", Json::parse(input.environment_json)}};
  return root.dump(2) + "\n";
}

}  // namespace dyt::compare
