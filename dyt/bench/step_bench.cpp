// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_bench.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "dyt/bench/interleave.h"
#include "dyt/bench/internal/environment.h"
#include "dyt/bench/step_contenders.h"
#include "dyt/bench/step_memory.h"
#include "dyt/bench/step_peer.h"
#include "dyt/core/error.h"
#include "dyt/ops/device.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;
using Stop = std::function<bool()>;

constexpr double kMsPerSecond = 1000;
constexpr double kBytesPerMb = 1 << 20;
constexpr double kStepPauseSeconds = 2e-3;  // several times what idle threads look out for work

// The first steps, which interleave() makes to warm up, left out.
Json parts_json(const StepContender& contender, size_t rounds) {
  const std::vector<PartTimes>& all = contender.parts();
  Json parts = Json::object();
  for (size_t part = 0; part < kPartNames.size(); ++part) {
    Timing timing{.name = kPartNames[part], .seconds = {}};
    for (size_t n = all.size() - rounds; n < all.size(); ++n) {
      timing.seconds.push_back(all[n][part]);
    }
    parts[timing.name] = kMsPerSecond * timing.median();
  }
  return parts;
}

Json times_json(const Timing& timing, const Timing& baseline) {
  return {{"slot", timing.name},
          {"time_median_ms", kMsPerSecond * timing.median()},
          {"time_low_ms", kMsPerSecond * timing.quantile(0.1)},
          {"time_high_ms", kMsPerSecond * timing.quantile(0.9)},
          {"ratio_to_baseline", ratio(timing, baseline)},
          {"parts_ms", Json::object()}};
}

void add_memory(Json& slot, const StepMemory& memory) {
  const auto mb = [](int64_t bytes) { return static_cast<double>(bytes) / kBytesPerMb; };
  slot["memory_peak_mb"] = mb(memory.peak_bytes);
  slot["memory_growth_mb"] = mb(memory.growth_bytes());
}

// What a case is measured_step with.
struct Measurement {
  const StepBenchConfig& config;
  const StepCase& wanted;
  const std::string& program;  // "": no memory
  const Stop& stop;

  bool with_peer() const { return !config.python.empty() && peer_builds(wanted); }
  bool with_memory() const { return !program.empty() && wanted.device.is_cpu(); }

  StepMemory memory_of_slot(const std::string& slot) const {
    StepBenchConfig one = config;
    one.models = {wanted.model.name};
    one.passes = {wanted.pass};
    one.slots = {slot};
    one.threads = at::get_num_threads();
    return memory_in_child(program, one, stop);
  }

  // In a fresh child: the one that was timed holds every contender's network.
  StepMemory memory_of_peer(const std::string& name) const {
    StepPeer peer(config.python, stop);
    for (const Contender& contender : peer.contenders(wanted)) {
      if (contender.name == name) {
        contender.seconds(kMemorySteps);
      }
    }
    return peer.memory();
  }
};

// The models of one case, side by side in this process, and the peers in theirs.
Json timed_slots(const Measurement& what, std::optional<StepPeer>& peer) {
  std::vector<std::unique_ptr<StepContender>> steps;
  std::vector<Contender> contenders;
  for (const std::string& slot : what.config.slots) {
    steps.push_back(std::make_unique<StepContender>(what.wanted, slot));
    contenders.push_back(clocked(
        slot, [step = steps.back().get()] { step->run(); },
        [&what] { ops::synchronize(what.wanted.device); }));
  }
  if (what.with_peer()) {
    std::ranges::move(peer->contenders(what.wanted), std::back_inserter(contenders));
  }
  const std::vector<Timing> timings =
      interleave(contenders, {.rounds = what.config.rounds,
                              .block_seconds = 0,
                              .pause_seconds = what.with_peer() ? kStepPauseSeconds : 0,
                              .stop = what.stop});
  Json slots = Json::array();
  for (size_t n = 0; n < timings.size(); ++n) {
    slots.push_back(times_json(timings[n], timings.front()));
    if (n < steps.size()) {
      slots.back()["parts_ms"] = parts_json(*steps[n], timings[n].seconds.size());
    }
    if (what.with_peer()) {
      slots.back()["ratio_to_pytorch"] = ratio(timings[n], timings[steps.size()]);
    }
  }
  return slots;
}

Json measured_step(const Measurement& what, std::optional<StepPeer>& peer) {
  Json slots = timed_slots(what, peer);
  for (size_t n = 0; what.with_memory() && n < slots.size(); ++n) {
    const std::string name = slots[n].at("slot");
    add_memory(slots[n], n < what.config.slots.size() ? what.memory_of_slot(name)
                                                      : what.memory_of_peer(name));
  }
  Json row = {{"model", what.wanted.model.name},
              {"pass", what.wanted.pass},
              {"dtype", what.wanted.dtype},
              {"batch_size", what.wanted.batch_size},
              {"image_size", what.wanted.model.image_size()},
              {"device", ops::device_kind(what.wanted.device)},
              {"threads", at::get_num_threads()},
              {"slots", slots}};
  if (!what.config.python.empty() && !what.with_peer()) {
    row["left_out"] = std::string(kPyTorch) + ", which is written for ViT models";
  }
  return row;
}

void check_step_options(const StepBenchConfig& config) {
  if (config.slots.empty()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "'slots' is empty", .expected = "norm slots, the baseline first"});
  }
}

}  // namespace

std::string bench_step(const StepBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop, const std::string& program) {
  check_step_options(config);
  const at::Device device = ops::device_of(config.device);
  const int before = at::get_num_threads();
  at::set_num_threads(config.threads == 0 ? before : static_cast<int>(config.threads));
  StepBenchConfig copy = config;
  Json result = {{"version", 1},
                 {"environment", environment(device)},
                 {"config", Json::parse(core::to_json_text(core::fields_of(copy)))},
                 {"cases", Json::array()}};
  std::optional<StepPeer> peer;
  if (!config.python.empty()) {
    peer.emplace(config.python, stop);
    result["environment"]["peers"] = peer->versions();
  }
  for (const std::string& model : config.models) {
    for (const std::string& pass : config.passes) {
      if (say) {
        say(model + ", " + pass);
      }
      const StepCase wanted = step_case(config, model, pass, device);
      result["cases"].push_back(measured_step({config, wanted, program, stop}, peer));
    }
  }
  at::set_num_threads(before);
  return result.dump(2) + "\n";
}

}  // namespace dyt::bench
