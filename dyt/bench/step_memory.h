// SPDX-License-Identifier: Apache-2.0
// How much memory a step takes: of processes that do nothing else, one a contender, since a peak
// cannot be told apart where several contenders live in one process.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "dyt/bench/step_config.h"

namespace dyt::bench {

// Of the resident memory of a process: the most that it has had; what it had taken for itself
// before its network was built; what is mapped from files at the end (code and libraries, whose
// pages come when they are first used).
struct StepMemory {
  int64_t peak_bytes = 0;
  int64_t before_bytes = 0;
  int64_t file_bytes = 0;

  // For the network and its steps.
  int64_t growth_bytes() const { return peak_bytes - file_bytes - before_bytes; }
};

nlohmann::ordered_json memory_json(const StepMemory& memory);
// Null where a member is missing.
std::optional<StepMemory> memory_of_json(const nlohmann::ordered_json& json);

inline constexpr int64_t kMemorySteps = 3;

// Builds the one model, slot and pass of the configuration in this process, which is to be a fresh
// one, runs kMemorySteps steps on the CPU and gives its memory as JSON: {"peak_bytes",
// "before_bytes", "file_bytes"}. Error(kUsage) where the lists hold more than one.
std::string step_memory_json(const StepBenchConfig& config);

// The same in a child: `program step-memory key=value...`, a program that prints
// step_memory_json(). `stop` is asked meanwhile; may be empty. Error(kInternal) where it fails.
StepMemory memory_in_child(const std::string& program, const StepBenchConfig& config,
                           const std::function<bool()>& stop);

}  // namespace dyt::bench
