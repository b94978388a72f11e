// SPDX-License-Identifier: Apache-2.0
// Times several contenders in one interleaved run, so that all of them meet the same machine: noise
// that comes and goes hits every one of them.
//
//   const auto timings = interleave(contenders, {.rounds = 15, .block_seconds = 0.02});
//   const double faster = ratio(timings[1], timings[0]);   // median over rounds, not of medians
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dyt::bench {

struct Contender {
  std::string name;
  std::function<double(int64_t)> seconds;  // of that many calls together, one after another
};

// A contender of this process by its clock: one call, and what waits, once after all calls of a
// turn, for the work that they have queued (a device's; may be empty).
Contender clocked(std::string name, std::function<void()> call, std::function<void()> wait = {});

struct InterleaveOptions {
  int64_t rounds = 15;
  double block_seconds = 0.02;  // a contender's turn in a round, at least; one call at least
  double pause_seconds = 0;     // before a turn: threads of another process's turn go to sleep
  std::function<bool()> stop;   // asked between turns; may be empty
};

struct Timing {
  std::string name;
  std::vector<double> seconds;  // of a call, one a round

  double median() const;
  double quantile(double share) const;  // share from 0 to 1
};

// Every contender runs once before the first round. In every round each has one turn, and each
// round begins with another one. Throws core::Error(kInterrupted) where stop says so.
std::vector<Timing> interleave(const std::vector<Contender>& contenders,
                               const InterleaveOptions& options);

// Round by round numerator / denominator: `seconds` holds ratios.
Timing ratios_of(const Timing& numerator, const Timing& denominator);

// Median over rounds of numerator / denominator in the same round.
double ratio(const Timing& numerator, const Timing& denominator);

}  // namespace dyt::bench
