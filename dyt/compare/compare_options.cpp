// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/compare_options.h"

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::compare {
namespace {

std::string text_of(const std::string& value) { return value; }
std::string text_of(int64_t value) { return std::to_string(value); }
std::string text_of(double value) { return core::number_text(value); }

template <class Value>
void check_list(const std::vector<Value>& values, const std::string& key) {
  if (values.empty()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "'" + key + "' is empty", .expected = "at least one value"});
  }
  for (auto value = values.begin(); value != values.end(); ++value) {
    if (std::find(values.begin(), value, *value) != value) {
      throw core::Error(
          core::ErrorKind::kUsage,
          {.what = "'" + key + "' names " + text_of(*value) + " twice",
           .expected = "each value once",
           .todo = "a value left to its default is the same as that value written out"});
    }
  }
}

void check_stable_lr(const CompareOptions& options) {
  const std::vector<double>& lrs = options.strip.lrs;
  const double lr = options.kpi.stable_lr;
  if (lr == 0 || std::find(lrs.begin(), lrs.end(), lr) != lrs.end()) {
    return;
  }
  std::vector<std::string> texts;
  for (const double rate : lrs) {
    texts.push_back(text_of(rate));
  }
  const std::string list = core::join(texts, ",");
  throw core::Error(
      core::ErrorKind::kUsage,
      {.what = "'kpi.stable_lr' is no learning rate of the strip",
       .expected = "one of " + list,
       .found = text_of(lr),
       .todo = "take one of these, or train it too: strip.lrs=" + list + "," + text_of(lr)});
}

}  // namespace

void StripOptions::visit_fields(core::Fields& fields) {
  fields.add("enabled", enabled, {.help = "train the stability strip: all slots at several rates"});
  fields.add("lrs", lrs, {.help = "peak learning rates of the strip", .min = 0, .max = 100});
  fields.add("epochs", epochs, {.help = "epochs of a run of the strip", .min = 1, .max = 1e6});
  fields.add("seed", seed, {.help = "seed of the strip", .min = 0, .max = 1e15});
}

void CostOptions::visit_fields(core::Fields& fields) {
  fields.add("enabled", enabled, {.help = "measure time and memory of a training step at the end"});
  fields.add("threads", threads,
             {.help = "threads of each measured process", .min = 1, .max = 1024});
  fields.add(
      "rounds", rounds,
      {.help = "rounds in which the slots step in turns; the median counts. A measurement that "
               "is there is kept: --fresh measures again",
       .min = 10,
       .max = 1e6});
  fields.add("steps_per_round", steps_per_round,
             {.help = "steps of each slot in a round", .min = 1, .max = 1e6});
}

void KpiOptions::visit_fields(core::Fields& fields) {
  fields.add("accuracy_loss", accuracy_loss,
             {.help = "points of accuracy that a slot for a pilot may lose against the baseline",
              .min = 0,
              .max = 100});
  fields.add("diverged", diverged,
             {.help = "seeds of a slot that may diverge", .min = 0, .max = 1e6});
  fields.add("stability", stability,
             {.help = "points that a slot's run of the strip at kpi.stable_lr may stay below the "
                      "baseline's best run of the strip; 0: no limit",
              .min = 0,
              .max = 100});
  fields.add(
      "stable_lr", stable_lr,
      {.help = "learning rate of the strip at which a slot must still train; 0: the recipe's, "
               "or the strip's nearest below it",
       .min = 0,
       .max = 100});
  fields.add("step_time", step_time,
             {.help = "time of a training step at most, as a multiple of the baseline's (1.05: 5 % "
                      "more); 0: no limit",
              .min = 0,
              .max = 1000});
  fields.add("memory", memory,
             {.help = "peak memory at most, as a multiple of the baseline's; 0: no limit",
              .min = 0,
              .max = 1000});
}

void CompareOptions::visit_fields(core::Fields& fields) {
  fields.add("slots", slots,
             {.help = "norm slots to compare, kind[:key=value]...; the first is the baseline"});
  fields.add("seeds", seeds,
             {.help = "seeds of every slot", .min = 0, .max = 1e15, .count_as_range = true});
  fields.add("margin", margin,
             {.help = "points of accuracy within which two slots count as equal",
              .min = 0.01,
              .max = 100});
  fields.add("jobs", jobs,
             {.help = "runs side by side; 0: as many as there are cores",
              .min = 0,
              .max = 1024,
              .identity = false});
  fields.add("out", out,
             {.help = "folder of the comparison; empty: runs/compare-<data>", .identity = false});
  fields.group("strip", strip);
  fields.group("cost", cost);
  fields.group("kpi", kpi);
}

void CompareOptions::validate() const {
  check_list(slots, "slots");
  check_list(seeds, "seeds");
  if (strip.enabled) {
    check_list(strip.lrs, "strip.lrs");
    check_stable_lr(*this);
  }
}

std::optional<double> stability_lr(const CompareOptions& options, double recipe_lr) {
  if (!options.strip.enabled) {
    return std::nullopt;
  }
  if (options.kpi.stable_lr > 0) {
    return options.kpi.stable_lr;
  }
  std::optional<double> nearest;
  for (const double lr : options.strip.lrs) {
    if (lr <= recipe_lr && (!nearest || lr > *nearest)) {
      nearest = lr;
    }
  }
  return nearest;
}

}  // namespace dyt::compare
