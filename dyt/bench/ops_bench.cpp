// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_bench.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/internal/cell.h"
#include "dyt/bench/internal/environment.h"
#include "dyt/bench/ops_contenders.h"
#include "dyt/bench/ops_peers.h"
#include "dyt/core/memory.h"
#include "dyt/core/text.h"
#include "dyt/ops/device.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPauseSeconds = 2e-3;  // several times what idle threads look out for work

int64_t width_of(const std::string& dtype) {
  return dtype == "float64" ? 8 : dtype == "float32" ? 4 : 2;
}

// Bytes that have to move: x and y; with the addition the residual and the sum too; in training
// besides x again, the gradient of y and that of x.
int64_t bytes_of(const OpsCase& wanted) {
  const int64_t arrays = wanted.pass == "training" ? 5 : wanted.pass == "add" ? 4 : 2;
  return arrays * wanted.shape.rows * wanted.shape.channels * width_of(wanted.dtype);
}

const Timing& named(const std::vector<Timing>& timings, std::string_view name) {
  return *std::find_if(timings.begin(), timings.end(),
                       [&](const Timing& timing) { return timing.name == name; });
}

Json case_json(const OpsCase& wanted, const std::vector<Timing>& timings) {
  Json contenders = Json::array();
  const int64_t copy_bytes =
      bytes_of({.shape = wanted.shape, .dtype = wanted.dtype, .pass = "forward"});
  for (const Timing& timing : timings) {
    const int64_t bytes = timing.name == kCopy ? copy_bytes : bytes_of(wanted);
    const double to_copy = ratio(timing, named(timings, kCopy));
    const double more_bytes = static_cast<double>(bytes) / static_cast<double>(copy_bytes);
    contenders.push_back({{"name", timing.name},
                          {"time_median_us", 1e6 * timing.median()},
                          {"time_low_us", 1e6 * timing.quantile(0.1)},
                          {"time_high_us", 1e6 * timing.quantile(0.9)},
                          {"rate_gb_per_s", 1e-9 * static_cast<double>(bytes) / timing.median()},
                          {"share_of_copy", more_bytes / to_copy},
                          {"ratio_to_copy", to_copy},
                          {"ratio_to_dyt", ratio(timing, named(timings, kOurs))}});
  }
  return {{"shape", {wanted.shape.rows, wanted.shape.channels}},
          {"dtype", wanted.dtype},
          {"pass", wanted.pass},
          {"outputs", wanted.outputs},
          {"cache", wanted.cache},
          {"device", ops::device_kind(wanted.device)},
          {"threads", wanted.threads},
          {"bytes", bytes_of(wanted)},
          {"contenders", contenders}};
}

std::string case_text(const OpsCase& wanted) {
  return std::to_string(wanted.shape.rows) + "x" + std::to_string(wanted.shape.channels) + " " +
         wanted.dtype + ", " + wanted.pass + ", " + wanted.outputs + " outputs, " + wanted.cache +
         ", " + std::to_string(wanted.threads) + (wanted.threads == 1 ? " thread" : " threads");
}

// Every combination, the shapes innermost: what is compared in a table stands together.
std::vector<OpsCase> cases_of(const OpsBenchConfig& config, const at::Device& device,
                              int64_t all_threads) {
  std::vector<OpsCase> cases;
  for (const int64_t threads : config.threads) {
    for (const std::string& outputs : config.outputs) {
      for (const std::string& cache : config.cache) {
        for (const std::string& dtype : config.dtypes) {
          for (const std::string& pass : config.passes) {
            for (const std::string& shape : config.shapes) {
              cases.push_back({.shape = parse_shape(shape),
                               .dtype = dtype,
                               .pass = pass,
                               .outputs = outputs,
                               .cache = cache,
                               .threads = threads == 0 ? all_threads : threads,
                               .function = config.function,
                               .device = device,
                               .implementations = config.implementations});
            }
          }
        }
      }
    }
  }
  return cases;
}

std::vector<Contender> all_contenders(const OpsCase& wanted, std::optional<OpsPeers>& peers) {
  std::vector<Contender> all = ops_contenders(wanted);
  if (peers) {
    std::ranges::move(peers->contenders(wanted), std::back_inserter(all));
  }
  return all;
}

std::string ops_case_table(const Json& row) {
  std::string text =
      row.at("dtype").get<std::string>() + " " + std::to_string(row.at("shape")[0].get<int64_t>()) +
      " x " + std::to_string(row.at("shape")[1].get<int64_t>()) + ", " +
      row.at("pass").get<std::string>() + ", " + row.at("outputs").get<std::string>() +
      " outputs, " + row.at("cache").get<std::string>() + ", threads " +
      std::to_string(row.at("threads").get<int64_t>()) + "\n";
  text += "                             median us     10 %     90 %   GB/s  / copy  / dyt\n";
  for (const Json& contender : row.at("contenders")) {
    std::string name = contender.at("name").get<std::string>();
    name.resize(std::max<size_t>(name.size(), 26), ' ');
    text += "  " + name + cell("%11.1f", contender.at("time_median_us")) +
            cell("%9.1f", contender.at("time_low_us")) +
            cell("%9.1f", contender.at("time_high_us")) +
            cell("%7.1f", contender.at("rate_gb_per_s")) +
            cell("%8.2f", contender.at("ratio_to_copy")) +
            cell("%7.2f", contender.at("ratio_to_dyt")) + "\n";
  }
  return text;
}

}  // namespace

std::string bench_ops(const OpsBenchConfig& config,
                      const std::function<void(const std::string&)>& say,
                      const std::function<bool()>& stop) {
  const at::Device device = ops::device_of(config.device);
  const int before = at::get_num_threads();
  OpsBenchConfig copy = config;
  Json result = {{"version", 1},
                 {"environment", environment(device)},
                 {"config", Json::parse(core::to_json_text(core::fields_of(copy)))},
                 {"cases", Json::array()}};
  std::optional<OpsPeers> peers;
  if (!config.python.empty()) {
    peers.emplace(config.python, stop);
    result["environment"]["peers"] = {{"python", peers->python_version()},
                                      {"torch", peers->torch_version()}};
  }
  for (const OpsCase& wanted : cases_of(config, device, before)) {
    if (say) {
      say(case_text(wanted));
    }
    at::set_num_threads(static_cast<int>(wanted.threads));
    core::keep_freed_memory(wanted.outputs == "reused" ? core::FreedMemory::kKept
                                                       : core::FreedMemory::kReturned);
    const std::vector<Timing> timings =
        interleave(all_contenders(wanted, peers), {.rounds = config.rounds,
                                                   .block_seconds = config.block_ms / 1e3,
                                                   .pause_seconds = peers ? kPauseSeconds : 0,
                                                   .stop = stop});
    result["cases"].push_back(case_json(wanted, timings));
  }
  at::set_num_threads(before);
  return result.dump(2) + "\n";
}

std::string ops_table_text(const std::string& json) {
  std::string text;
  const Json result = Json::parse(json);
  for (const Json& row : result.at("cases")) {
    text += (text.empty() ? "" : "\n") + ops_case_table(row);
  }
  return text +
         "\n/ copy, / dyt: the contender's time over that of a plain copy and of dyt in the same "
         "round, median over rounds.\n";
}

}  // namespace dyt::bench
