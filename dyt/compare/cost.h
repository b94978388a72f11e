// SPDX-License-Identifier: Apache-2.0
// What a training step of each slot costs in time and memory. One process a slot, all started and
// warmed up, then stepping in turns in blocks at the parent's command, so that every slot meets the
// same machine, and on the same cores; the median block counts. Measured once into cost.json.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/compare/launcher.h"
#include "dyt/core/stop.h"

namespace dyt::compare {

// A measurement is made again only if one of these differs.
struct CostKey {
  std::vector<std::string> slots;
  std::string model;  // everything of the model but its slots, as text
  int64_t batch = 0;
  int64_t threads = 0;
  std::string binary;         // SHA-256 of the executable
  std::string hardware_json;  // an object
};

struct CostInput {
  std::vector<RunPlan> plans;  // one a slot
  CostKey key;
  CostOptions options;
  std::filesystem::path file;  // cost.json
  WorkerLauncher start;
  const core::StopFlag& stop;
  std::function<void(const std::string&)> say;  // told what is measured; may be empty
};

// The object "cost" of compare.json as JSON text, from the file where its key is the same, else
// measured and written there. A slot's share is its step minus that of `none`, null where none is
// not compared.
std::string cost_of_step(const CostInput& input);

}  // namespace dyt::compare
