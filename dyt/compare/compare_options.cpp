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
}

void CompareOptions::validate() const {
  check_list(slots, "slots");
  check_list(seeds, "seeds");
  if (strip.enabled) {
    check_list(strip.lrs, "strip.lrs");
  }
}

}  // namespace dyt::compare
