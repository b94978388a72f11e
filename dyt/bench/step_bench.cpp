#include "dyt/bench/step_bench.h"

#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/interleave.h"
#include "dyt/bench/internal/cell.h"
#include "dyt/bench/internal/environment.h"
#include "dyt/bench/step_contenders.h"
#include "dyt/core/error.h"
#include "dyt/models/table.h"
#include "dyt/ops/device.h"

namespace dyt::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMsPerSecond = 1000;
constexpr int64_t kSmallImage = 32;  // of models that leave the size to the data
constexpr int kPartWidth = 12;

StepCase case_of(const StepBenchConfig& config, const std::string& model, const std::string& pass,
                 const at::Device& device) {
  StepCase wanted{.model = models::find_model(model),
                  .pass = pass,
                  .dtype = config.dtype,
                  .batch_size = config.batch_size,
                  .device = device};
  if (!wanted.model.is_classifier()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a training step of classifiers is measured",
                       .where = "models",
                       .expected = "models that class images",
                       .found = model});
  }
  int64_t& image_size = wanted.model.image_size();
  const int64_t own = image_size == 0 ? kSmallImage : image_size;
  image_size = config.image_size == 0 ? own : config.image_size;
  wanted.model.channels() = wanted.model.channels() == 0 ? 3 : wanted.model.channels();
  wanted.model.num_classes() = config.num_classes;
  wanted.model.validate();
  return wanted;
}

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

Json slot_json(const Timing& timing, const Timing& baseline, const StepContender& contender) {
  return {{"slot", timing.name},
          {"time_median_ms", kMsPerSecond * timing.median()},
          {"time_low_ms", kMsPerSecond * timing.quantile(0.1)},
          {"time_high_ms", kMsPerSecond * timing.quantile(0.9)},
          {"ratio_to_baseline", ratio(timing, baseline)},
          {"parts_ms", parts_json(contender, timing.seconds.size())}};
}

Json measured(const StepBenchConfig& config, const StepCase& wanted,
              const std::function<bool()>& stop) {
  std::vector<std::unique_ptr<StepContender>> steps;
  std::vector<Contender> contenders;
  for (const std::string& slot : config.slots) {
    steps.push_back(std::make_unique<StepContender>(wanted, slot));
    contenders.push_back(clocked(
        slot, [step = steps.back().get()] { step->run(); },
        [&wanted] { ops::synchronize(wanted.device); }));
  }
  const std::vector<Timing> timings =
      interleave(contenders, {.rounds = config.rounds, .block_seconds = 0, .stop = stop});
  Json slots = Json::array();
  for (size_t n = 0; n < timings.size(); ++n) {
    slots.push_back(slot_json(timings[n], timings.front(), *steps[n]));
  }
  return {{"model", wanted.model.name},
          {"pass", wanted.pass},
          {"dtype", wanted.dtype},
          {"batch_size", wanted.batch_size},
          {"image_size", wanted.model.image_size()},
          {"device", ops::device_kind(wanted.device)},
          {"threads", at::get_num_threads()},
          {"slots", slots}};
}

// `value` at the left of a column.
void put(std::string& text, const std::string& value, size_t width) {
  text += value;
  text.append(width > value.size() ? width - value.size() : 0, ' ');
}

std::string head_line() {
  std::string text;
  put(text, "", 28);
  text += "median ms     10 %     90 %  / baseline";
  for (const char* part : kPartNames) {
    text.append(kPartWidth - std::string_view(part).size(), ' ').append(part);
  }
  return text + "\n";
}

std::string slot_line(const Json& slot) {
  std::string text = "  ";
  put(text, slot.at("slot").get<std::string>(), 24);
  text += cell("%11.1f", slot.at("time_median_ms")) + cell("%9.1f", slot.at("time_low_ms")) +
          cell("%9.1f", slot.at("time_high_ms")) + cell("%12.3f", slot.at("ratio_to_baseline"));
  for (const auto& [part, ms] : slot.at("parts_ms").items()) {
    text += cell("%12.1f", ms);
  }
  return text + "\n";
}

std::string case_table(const Json& row) {
  const auto text_of = [&row](const char* key) { return row.at(key).get<std::string>(); };
  const auto count_of = [&row](const char* key) {
    return std::to_string(row.at(key).get<int64_t>());
  };
  std::string text = text_of("model") + ", " + text_of("pass") + ", " + text_of("dtype") +
                     ", batch " + count_of("batch_size") + ", images of " + count_of("image_size") +
                     " pixels, threads " + count_of("threads") + "\n" + head_line();
  for (const Json& slot : row.at("slots")) {
    text += slot_line(slot);
  }
  return text;
}

}  // namespace

std::string bench_step(const StepBenchConfig& config,
                       const std::function<void(const std::string&)>& say,
                       const std::function<bool()>& stop) {
  if (config.slots.empty()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "'slots' is empty", .expected = "norm slots, the baseline first"});
  }
  const at::Device device = ops::device_of(config.device);
  const int before = at::get_num_threads();
  at::set_num_threads(config.threads == 0 ? before : static_cast<int>(config.threads));
  StepBenchConfig copy = config;
  Json result = {{"version", 1},
                 {"environment", environment(device)},
                 {"config", Json::parse(core::to_json_text(core::fields_of(copy)))},
                 {"cases", Json::array()}};
  for (const std::string& model : config.models) {
    for (const std::string& pass : config.passes) {
      if (say) {
        say(model + ", " + pass);
      }
      result["cases"].push_back(measured(config, case_of(config, model, pass, device), stop));
    }
  }
  at::set_num_threads(before);
  return result.dump(2) + "\n";
}

std::string step_table_text(const std::string& json) {
  const Json document = Json::parse(json);
  std::string text;
  for (const Json& row : document.at("cases")) {
    text += case_table(row) + "\n";
  }
  return text +
         "/ baseline: the step's time over that of the first slot in the same round, median over "
         "rounds.\nThe parts, in ms, are the time inside LibTorch's operators by what they do; "
         "norm slots: forward and backward.\n";
}

}  // namespace dyt::bench
