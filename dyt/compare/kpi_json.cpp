// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/kpi_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "dyt/compare/kpi.h"
#include "dyt/compare/slot_name.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::ordered_json;
using Runs = std::span<const RunResult>;

constexpr double kKpiPoints = 100;  // of a fraction

Json kpi_text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Reads the measurements of a comparison as judge_pilot wants them.
class Measured {
 public:
  Measured(const CompareInput& input, const CompareResults& results)
      : options_(input.options), results_(results), cost_(Json::parse(results.cost_json)) {
    const core::Field& lr = input.run.find("optim.lr", "comparison");
    baseline_.label = slot_label(options_.slots[0]);
    baseline_.lr = stability_lr(options_, *std::get<double*>(lr.target));
    for (const RunResult& run : strip_of(0)) {
      if (finished(run) && (best_ == nullptr || run.test_accuracy > best_->test_accuracy)) {
        best_ = &run;
      }
    }
    if (best_ != nullptr) {
      baseline_.best_short_run = best_->test_accuracy;
    }
    baseline_.highest_lr = highest_lr(0);
  }

  const KpiBaseline& baseline() const { return baseline_; }

  KpiSlot slot(size_t index) const {
    return {.label = slot_label(options_.slots[index]),
            .is_baseline = index == 0,
            .difference = paired_difference(accuracies(runs_of(index)), accuracies(runs_of(0))),
            .seeds = static_cast<int64_t>(options_.seeds.size()),
            .diverged = diverged_count(runs_of(index)),
            .short_run = short_run(index),
            .highest_lr = highest_lr(index),
            .step_time = cost_factor(index, "time_step_ms"),
            .step_time_interval90 = step_time_interval(index),
            .memory = cost_factor(index, "memory_peak_bytes")};
  }

 private:
  static bool finished(const RunResult& run) { return !run.diverged && run.test_accuracy; }

  Runs runs_of(size_t slot) const {
    return Runs(results_.runs).subspan(slot * options_.seeds.size(), options_.seeds.size());
  }

  Runs strip_of(size_t slot) const {
    const size_t rates = options_.strip.enabled ? options_.strip.lrs.size() : 0;
    return Runs(results_.strip).subspan(slot * rates, rates);
  }

  std::optional<ShortRun> short_run(size_t slot) const {
    if (!baseline_.lr) {
      return std::nullopt;
    }
    const std::vector<double>& lrs = options_.strip.lrs;
    const RunResult& run =
        strip_of(slot)[std::find(lrs.begin(), lrs.end(), *baseline_.lr) - lrs.begin()];
    if (run.diverged) {
      return ShortRun{.diverged = true, .step = run.step};
    }
    if (!run.test_accuracy) {
      return std::nullopt;
    }
    ShortRun result{.accuracy = *run.test_accuracy};
    if (best_ != nullptr && &run != best_) {
      result.interval95 = bootstrap_images(std::span(&run.correct, 1),
                                           std::span(&best_->correct, 1), options_.slots[slot]);
    }
    return result;
  }

  std::optional<double> highest_lr(size_t slot) const {
    std::optional<double> highest;
    for (size_t i = 0; i < strip_of(slot).size() && best_ != nullptr; ++i) {
      const RunResult& run = strip_of(slot)[i];
      const double lr = options_.strip.lrs[i];
      if (finished(run) && (!highest || lr > *highest) &&
          kKpiPoints * (*run.test_accuracy - *best_->test_accuracy) >= -options_.kpi.stability) {
        highest = lr;
      }
    }
    return highest;
  }

  std::optional<double> cost_factor(size_t slot, const char* field) const {
    if (cost_.is_null()) {
      return std::nullopt;
    }
    const Json base = cost_["slots"][0].value(field, Json());
    const Json mine = cost_["slots"][slot].value(field, Json());
    if (!base.is_number() || !mine.is_number() || base.get<double>() <= 0) {
      return std::nullopt;
    }
    return mine.get<double>() / base.get<double>();
  }

  std::optional<Interval> step_time_interval(size_t slot) const {
    const Json ends =
        cost_.is_null() ? Json() : cost_["slots"][slot].value("time_factor_interval90", Json());
    if (!ends.is_array()) {
      return std::nullopt;
    }
    return Interval{ends[0].get<double>(), ends[1].get<double>()};
  }

  const CompareOptions& options_;
  const CompareResults& results_;
  const Json cost_;
  const RunResult* best_ = nullptr;  // of the baseline's runs of the strip
  KpiBaseline baseline_;
};

Json limits_json(const KpiOptions& options, const KpiBaseline& baseline) {
  Json limits = Json::array();
  for (const KpiLimit& limit : kpi_limits(options, baseline)) {
    limits.push_back({{"check", limit.check},
                      {"title", limit.title},
                      {"limit", limit.limit},
                      {"limit_text", limit.text}});
  }
  return limits;
}

Json check_json(const KpiCheck& check) {
  return {{"status", kpi_status_word(check.status)},
          {"measured", check.measured ? Json(*check.measured) : Json(nullptr)},
          {"interval",
           check.interval ? Json{check.interval->low, check.interval->high} : Json(nullptr)},
          {"measured_text", kpi_text_or_null(check.measured_text)},
          {"interval_text", kpi_text_or_null(check.interval_text)},
          {"sentence", check.sentence()}};
}

Json slot_json(const std::string& slot, const PilotDecision& pilot) {
  Json checks = Json::object();
  for (const KpiCheck& check : pilot.checks) {
    checks[check.check] = check_json(check);
  }
  // The decision rests on times too, hence its name.
  return {{"slot", slot},
          {"checks", checks},
          {"time_decision", {{"decision", pilot.word}, {"sentence", pilot.sentence}}}};
}

}  // namespace

Json kpi_json(const CompareInput& input, const CompareResults& results) {
  const KpiOptions& options = input.options.kpi;
  const Measured measured(input, results);
  Json slots = Json::array();
  for (size_t i = 0; i < input.options.slots.size(); ++i) {
    slots.push_back(slot_json(input.options.slots[i],
                              judge_pilot(options, measured.baseline(), measured.slot(i))));
  }
  return {{"limits", limits_json(options, measured.baseline())},
          {"stable_lr", measured.baseline().lr ? Json(*measured.baseline().lr) : Json(nullptr)},
          {"slots", slots}};
}

}  // namespace dyt::compare
