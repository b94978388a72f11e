// SPDX-License-Identifier: Apache-2.0
// What a comparison says about one slot against the baseline, on the last epoch, in one sentence.
//
//   const Verdict verdict = judge({.label = "DyT", .baseline_label = "LayerNorm",
//                                  .difference = difference, .seeds = 5});
//   verdict.sentence;  // "DyT matches LayerNorm: ..."
//
// Rules, on the paired differences in points: better or worse when the 95 % t interval excludes
// zero; else matches when the 90 % interval lies inside +-margin (two one-sided tests at 5 %); else
// undecided. Diverged runs come before all of these; one seed or no spread gives no verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dyt/compare/statistics.h"

namespace dyt::compare {

enum class VerdictKind { kMatches, kBetter, kWorse, kUndecided, kNone };

// "matches", "better", "worse", "undecided", "none": the words of compare.json.
std::string verdict_word(VerdictKind kind);

struct VerdictInput {
  std::string label;           // "DyT (alpha0=auto)"
  std::string baseline_label;  // "LayerNorm"
  PairedDifference difference;
  double margin = 1.0;  // points
  int64_t seeds = 0;    // of the comparison
  int64_t diverged = 0;
  int64_t baseline_diverged = 0;
};

struct Verdict {
  VerdictKind kind = VerdictKind::kNone;
  bool within_margin = false;              // the 90 % interval lies inside +-margin
  std::optional<int64_t> seeds_to_decide;  // undecided only; nullopt: more than kMostSeeds
  std::string seeds_to_decide_text;        // "7", "more than 1000"; "" where not undecided
  std::string sentence;
};

inline constexpr int64_t kMostSeeds = 1000;

Verdict judge(const VerdictInput& input);

// The rule for differences with this mean, standard deviation (> 0) and number (>= 2), all
// finished.
VerdictKind decide(double mean, double std, int64_t n, double margin);

// The smallest number of seeds above n, up to kMostSeeds, for which decide() gives a verdict with
// mean and deviation unchanged.
std::optional<int64_t> seeds_to_decide(double mean, double std, int64_t n, double margin);

}  // namespace dyt::compare
