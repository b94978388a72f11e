// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/interleave.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "dyt/core/error.h"

namespace dyt::bench {
namespace {

double quantile_of(std::vector<double> values, double share) {
  const auto last = static_cast<double>(values.size() - 1);
  const auto place = values.begin() + static_cast<int64_t>(std::lround(share * last));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

void check_stop(const InterleaveOptions& options) {
  if (options.stop && options.stop()) {
    throw core::Error(core::ErrorKind::kInterrupted, {.what = "the measurement was interrupted"});
  }
}

}  // namespace

Contender clocked(std::string name, std::function<void()> call, std::function<void()> wait) {
  return {std::move(name), [call = std::move(call), wait = std::move(wait)](int64_t calls) {
            const auto begin = std::chrono::steady_clock::now();
            for (int64_t n = 0; n < calls; ++n) {
              call();
            }
            if (wait) {
              wait();
            }
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
          }};
}

double Timing::median() const { return quantile(0.5); }

double Timing::quantile(double share) const { return quantile_of(seconds, share); }

std::vector<Timing> interleave(const std::vector<Contender>& contenders,
                               const InterleaveOptions& options) {
  std::vector<Timing> timings;
  std::vector<int64_t> calls;
  for (const Contender& contender : contenders) {
    check_stop(options);
    contender.seconds(1);
    const double once = std::max(contender.seconds(1), 1e-9);
    calls.push_back(std::max<int64_t>(1, std::llround(options.block_seconds / once)));
    timings.push_back({.name = contender.name, .seconds = {}});
  }
  for (int64_t round = 0; round < options.rounds; ++round) {
    for (size_t turn = 0; turn < contenders.size(); ++turn) {
      check_stop(options);
      std::this_thread::sleep_for(std::chrono::duration<double>(options.pause_seconds));
      const size_t n = (static_cast<size_t>(round) + turn) % contenders.size();
      timings[n].seconds.push_back(contenders[n].seconds(calls[n]) / static_cast<double>(calls[n]));
    }
  }
  return timings;
}

Timing ratios_of(const Timing& numerator, const Timing& denominator) {
  Timing ratios{.name = numerator.name, .seconds = {}};
  for (size_t n = 0; n < numerator.seconds.size(); ++n) {
    ratios.seconds.push_back(numerator.seconds[n] / denominator.seconds[n]);
  }
  return ratios;
}

double ratio(const Timing& numerator, const Timing& denominator) {
  return ratios_of(numerator, denominator).median();
}

}  // namespace dyt::bench
