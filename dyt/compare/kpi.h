// SPDX-License-Identifier: Apache-2.0
// Is a slot worth a pilot? The limits that the user set ([kpi]), each met or not, and the decision
// in words for people who do not read statistics.
//
//   const PilotDecision pilot = judge_pilot(options.kpi, baseline, slot);
//   pilot.sentence;  // "DyT: not recommended for a pilot on this evidence: a training step ..."
//
// A limit is met or missed only where the measurement settles it: by the 90 % interval over seeds
// for accuracy (one-sided tests at 5 %), the 95 % interval over test images for stability, the 90 %
// interval over rounds for the time of a step. Else it is not sure; what was not run is not
// measured. The baseline is judged on divergence and stability only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dyt/compare/compare_options.h"
#include "dyt/compare/statistics.h"

namespace dyt::compare {

enum class KpiStatus { kMet, kMissed, kNotSure, kNotMeasured };

// "met", "missed", "not_sure", "not_measured": the words of compare.json.
std::string kpi_status_word(KpiStatus status);

// A slot's run of the strip at the rate at which stability is judged.
struct ShortRun {
  bool diverged = false;
  int64_t step = 0;                    // where it diverged
  double accuracy = 0;                 // of a finished run, fraction
  std::optional<Interval> interval95;  // points above the baseline's best, over test images
};

struct KpiBaseline {
  std::string label;
  std::optional<double> lr;              // stability_lr()
  std::optional<double> best_short_run;  // best accuracy of its runs of the strip, fraction
  std::optional<double> highest_lr;      // as in KpiSlot
};

// What was measured of a slot; nullopt: was not.
struct KpiSlot {
  std::string label;
  bool is_baseline = false;
  PairedDifference difference;
  int64_t seeds = 0;
  int64_t diverged = 0;
  std::optional<ShortRun> short_run;
  std::optional<double> highest_lr;  // of the strip, at which its run keeps to the limit
  std::optional<double> step_time;   // as a multiple of the baseline's
  std::optional<Interval> step_time_interval90;
  std::optional<double> memory;  // as a multiple of the baseline's
};

// One limit, as the head of a column: "Step time", "at most 5 % more than LayerNorm".
struct KpiLimit {
  std::string check, title, text;
  double limit = 0;
};

// The limits that are set, in the order of the columns.
std::vector<KpiLimit> kpi_limits(const KpiOptions& options, const KpiBaseline& baseline);

struct KpiCheck {
  std::string check;  // "accuracy", "divergence", "stability", "time_step", "memory_peak"
  KpiStatus status = KpiStatus::kNotMeasured;
  std::optional<double> measured;
  std::optional<Interval> interval;
  std::string measured_text;  // "+34.2 %"; "" where not measured
  std::string interval_text;  // "90 % interval +31.0 to +36.9"; "" without one
  std::string clause;         // "a training step takes 34.2 % more time than with LayerNorm (...)"

  std::string sentence() const;
};

struct PilotDecision {
  std::string word;  // "go": all met; "no_go": one missed; "open"; "reference": the baseline
  std::vector<KpiCheck> checks;  // in the order of kpi_limits()
  std::string sentence;
};

PilotDecision judge_pilot(const KpiOptions& options, const KpiBaseline& baseline,
                          const KpiSlot& slot);

// The smallest number of seeds above n, up to kMostSeeds, that settles whether the loss stays below
// `limit` points, with mean and deviation (> 0) of the differences unchanged.
std::optional<int64_t> seeds_to_settle(double mean, double std, int64_t n, double limit);

}  // namespace dyt::compare
