// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_memory.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/step_contenders.h"
#include "dyt/core/error.h"
#include "dyt/core/process.h"
#include "dyt/train/environment.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kStopLookMs = 200;

void check_one(const std::string& key, const std::vector<std::string>& list) {
  if (list.size() != 1) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "the memory of one contender is measured in a process",
                       .where = key,
                       .expected = "one",
                       .found = std::to_string(list.size())});
  }
}

std::string awaited_line(core::Process& child, const std::function<bool()>& stop) {
  std::optional<std::string> line;
  while (!line && !child.finished_output()) {
    if (stop && stop()) {
      throw core::Error(core::ErrorKind::kInterrupted, {.what = "the measurement was interrupted"});
    }
    line = child.read_line(kStopLookMs);
  }
  return line.value_or("");
}

}  // namespace

Json memory_json(const StepMemory& memory) {
  return {{"peak_bytes", memory.peak_bytes},
          {"before_bytes", memory.before_bytes},
          {"file_bytes", memory.file_bytes}};
}

std::optional<StepMemory> memory_of_json(const Json& json) {
  for (const char* key : {"peak_bytes", "before_bytes", "file_bytes"}) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number()) {
      return std::nullopt;
    }
  }
  return StepMemory{.peak_bytes = json["peak_bytes"].get<int64_t>(),
                    .before_bytes = json["before_bytes"].get<int64_t>(),
                    .file_bytes = json["file_bytes"].get<int64_t>()};
}

std::string step_memory_json(const StepBenchConfig& config) {
  check_one("models", config.models);
  check_one("slots", config.slots);
  check_one("passes", config.passes);
  if (config.threads > 0) {
    at::set_num_threads(static_cast<int>(config.threads));
  }
  const StepCase wanted = step_case(config, config.models[0], config.passes[0], at::kCPU);
  const int64_t before = train::resident_memory().own_bytes;
  StepContender step(wanted, config.slots[0]);
  for (int64_t n = 0; n < kMemorySteps; ++n) {
    step.run();
  }
  const StepMemory memory{.peak_bytes = train::peak_memory_bytes(),
                          .before_bytes = before,
                          .file_bytes = train::resident_memory().file_bytes};
  return memory_json(memory).dump() + "\n";
}

StepMemory memory_in_child(const std::string& program, const StepBenchConfig& config,
                           const std::function<bool()>& stop) {
  StepBenchConfig copy = config;
  copy.python.clear();
  core::ProcessSpec spec{.arguments = {program, "step-memory"}, .own_group = true};
  const core::Fields fields = core::fields_of(copy);
  for (const core::Field& field : fields.list()) {
    spec.arguments.push_back(field.key + "=" + core::plain_value(field));
  }
  core::Process child(spec);
  const std::string line = awaited_line(child, stop);
  const int status = child.wait();
  const auto memory = memory_of_json(Json::parse(line, nullptr, /*allow_exceptions=*/false));
  if (status != 0 || !memory) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "the process that measures the memory of a step failed",
                       .where = program + " step-memory, slot " + config.slots[0],
                       .expected = "status 0 and a line of JSON",
                       .found = "status " + std::to_string(status) + ", '" + line + "'",
                       .todo = "what it wrote to standard error says more"});
  }
  return *memory;
}

}  // namespace dyt::bench
