// SPDX-License-Identifier: Apache-2.0
// The decision sheet of the made-up comparison: a slot that misses, one that is not sure, one that
// may go, in turns.
#include <nlohmann/json.hpp>

#include "tests/report/sample.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

Json check(const char* status, const Json& measured, const char* interval, const char* sentence) {
  return {{"status", status},
          {"measured", 0},
          {"interval", nullptr},
          {"measured_text", measured},
          {"interval_text", interval[0] == 0 ? Json() : Json(interval)},
          {"sentence", sentence}};
}

Json reference_slot(const std::string& slot, const std::string& label) {
  return {{"slot", slot},
          {"checks",
           {{"divergence", check("met", "5 of 5", "", "0 of 5 training runs diverged.")},
            {"stability", check("met", "0.00 points", "95 % interval 0.00 to 0.00",
                                "At learning rate 0.003 its short run reached 94.0 %.")}}},
          {"time_decision",
           {{"decision", "reference"},
            {"sentence", label + " is the reference that the others are measured against."}}}};
}

Json missing_slot(const std::string& slot, const std::string& label) {
  return {{"slot", slot},
          {"checks",
           {{"accuracy", check("missed", "-1.61 points", "90 % interval -1.92 to -1.30",
                               "It loses too much accuracy.")},
            {"divergence", check("met", "5 of 5", "", "0 of 5 training runs diverged.")},
            {"stability", check("not_sure", "-11.10 points", "95 % interval -14.80 to -7.40",
                                "The test images do not settle it.")},
            {"time_step", check("missed", "+34.2 %", "90 % interval +31.0 % to +36.9 %",
                                "A training step takes 34.2 % more time than with LayerNorm.")},
            {"memory_peak", check("met", "+0.3 %", "", "Training takes 0.3 % more memory.")}}},
          {"time_decision",
           {{"decision", "no_go"},
            {"sentence",
             label + ": not recommended for a pilot on this evidence: it loses too much "
                     "accuracy: -1.61 points against LayerNorm over 5 seeds (at most 1 point "
                     "less is allowed); a training step takes 34.2 % more time than with "
                     "LayerNorm (at most 5 % more is allowed). Not sure: stability. Met: "
                     "completed runs, peak memory."}}}};
}

Json unsure_slot(const std::string& slot, const std::string& label) {
  Json result = missing_slot(slot, label);
  result["checks"]["accuracy"] = check("not_sure", "-0.61 points", "90 % interval -1.12 to -0.10",
                                       "5 seeds do not settle it.");
  result["checks"]["stability"] =
      check("met", "0.00 points", "95 % interval -1.40 to +1.40", "Ok.");
  result["checks"]["time_step"] =
      check("not_measured", nullptr, "", "The time of a training step was not measured.");
  result["time_decision"] = {
      {"decision", "open"},
      {"sentence", label +
                       ": no decision on a pilot yet: 5 seeds do not settle whether it loses more "
                       "than 1 point of accuracy against LayerNorm (measured: -0.61 points); with "
                       "this mean and spread, 9 seeds would; the time of a training step was not "
                       "measured. Met: completed runs, stability, peak memory."}};
  return result;
}

Json good_slot(const std::string& slot, const std::string& label) {
  Json result = unsure_slot(slot, label);
  result["checks"]["accuracy"] =
      check("met", "-0.17 points", "90 % interval -0.44 to +0.10", "The accuracy keeps to it.");
  result["checks"]["time_step"] =
      check("met", "-5.8 %", "90 % interval -6.6 % to -4.9 %", "5.8 % less time.");
  result["time_decision"] = {
      {"decision", "go"},
      {"sentence", label +
                       ": recommended for a pilot on this evidence: every limit is met (accuracy, "
                       "completed runs, stability, step time, peak memory)."}};
  return result;
}

Json limit(const char* check, const char* title, double limit, const char* text) {
  return {{"check", check}, {"title", title}, {"limit", limit}, {"limit_text", text}};
}

}  // namespace

Json sample_kpi(const std::vector<SampleSlot>& slots) {
  Json rows = Json::array();
  for (size_t i = 0; i < slots.size(); ++i) {
    const auto& make = i == 0       ? reference_slot
                       : i % 3 == 1 ? missing_slot
                       : i % 3 == 2 ? unsure_slot
                                    : good_slot;
    rows.push_back(make(slots[i].slot, slots[i].label));
  }
  return {{"limits",
           {limit("accuracy", "Accuracy", 1, "at most 1 point below LayerNorm"),
            limit("divergence", "Completed runs", 0, "all"),
            limit("stability", "Stability", 10,
                  "at learning rate 0.003: at most 10 points below LayerNorm's best"),
            limit("time_step", "Step time", 1.05, "at most 5 % more than LayerNorm"),
            limit("memory_peak", "Peak memory", 1.05, "at most 5 % more than LayerNorm")}},
          {"stable_lr", 0.003},
          {"slots", rows}};
}

}  // namespace dyt::report
