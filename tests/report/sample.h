// SPDX-License-Identifier: Apache-2.0
// A made-up comparison with the shape and the size of a real one: 4 slots, 5 seeds, 20 epochs on
// the digits, numbers like those of an independent PyTorch run.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace dyt::report {

struct SampleSlot {
  std::string slot;
  std::string label;
  double accuracy = 0.98;     // mean of the last epoch
  double speed = 1;           // larger: the curve rises earlier
  double alpha0 = 0;          // 0: no alpha
  double saturated = 0.05;    // of the layer with the most
  std::vector<double> strip;  // accuracies; negative: diverged at that step
  bool diverges = false;      // the last seed diverges
};

struct SampleOptions {
  std::vector<SampleSlot> slots;  // empty: the four of the default comparison
  int64_t seeds = 5;
  int64_t epochs = 20;
  int64_t depth = 4;
};

nlohmann::ordered_json sample_compare(const SampleOptions& options = {});
std::vector<SampleSlot> default_sample_slots();
nlohmann::ordered_json sample_kpi(const std::vector<SampleSlot>& slots);

// A run folder's metrics.jsonl and result.json, of the sample's first seed of DyT.
std::string sample_metrics();
std::string sample_result();

}  // namespace dyt::report
