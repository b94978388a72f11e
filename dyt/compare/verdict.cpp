// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/verdict.h"

#include <cmath>

#include "dyt/compare/points_text.h"

namespace dyt::compare {
namespace {

bool inside_margin(const Interval& interval, double margin) {
  return interval.low > -margin && interval.high < margin;
}

// "-0.17 points (95 % interval -0.60 to +0.27, 5 seeds)"
std::string difference_text(const PairedDifference& difference) {
  std::string text = signed_points(*difference.mean) + " points (";
  if (difference.interval95) {
    text += "95 % interval " + signed_points(difference.interval95->low) + " to " +
            signed_points(difference.interval95->high) + ", ";
  }
  return text + count_of_seeds(difference.n) + ")";
}

// What diverged runs leave of the difference, shown without a verdict.
std::string finished_seeds_text(const PairedDifference& difference) {
  if (difference.n == 0) {
    return "no seed finished in both";
  }
  return "over the seeds that both finished the difference is " + difference_text(difference);
}

std::string diverged_count(int64_t diverged, int64_t seeds) {
  return std::to_string(diverged) + " of " + std::to_string(seeds);
}

Verdict judge_diverged(const VerdictInput& input) {
  Verdict verdict;
  const std::string rest = "; " + finished_seeds_text(input.difference) + ".";
  if (input.diverged > input.baseline_diverged) {
    verdict.kind = VerdictKind::kWorse;
    verdict.sentence = input.label + " is worse: " + diverged_count(input.diverged, input.seeds) +
                       " diverged (" + input.baseline_label + ": " +
                       diverged_count(input.baseline_diverged, input.seeds) + ")" + rest;
  } else {
    verdict.sentence = input.label + " gets no verdict: baseline diverged in " +
                       diverged_count(input.baseline_diverged, input.seeds) + rest;
  }
  return verdict;
}

Verdict judge_without_spread(const VerdictInput& input) {
  Verdict verdict;
  const std::string reason =
      input.difference.n == 1 ? "one seed has no spread to judge by"
                              : "all seeds differ by the same, which leaves no spread to judge by";
  verdict.sentence = input.label + " gets no verdict against " + input.baseline_label + ": " +
                     difference_text(input.difference) + "; " + reason + ".";
  return verdict;
}

std::string undecided_text(const std::string& seeds) {
  return "; with this mean and spread, " + seeds + " seeds would decide";
}

std::string sentence_of(const VerdictInput& input, const Verdict& verdict) {
  const std::string pair = input.label + " ";
  const std::string difference = difference_text(input.difference);
  switch (verdict.kind) {
    case VerdictKind::kMatches:
      return pair + "matches " + input.baseline_label + " within " + points_text(input.margin) +
             ": " + difference + ".";
    case VerdictKind::kBetter:
    case VerdictKind::kWorse:
      return pair + "is " + verdict_word(verdict.kind) + " than " + input.baseline_label + ": " +
             difference +
             (verdict.within_margin ? ", within the margin of " + points_text(input.margin) : "") +
             ".";
    default:
      return pair + "against " + input.baseline_label + " is undecided: " + difference +
             undecided_text(verdict.seeds_to_decide_text) + ".";
  }
}

}  // namespace

std::string verdict_word(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::kMatches:
      return "matches";
    case VerdictKind::kBetter:
      return "better";
    case VerdictKind::kWorse:
      return "worse";
    case VerdictKind::kUndecided:
      return "undecided";
    case VerdictKind::kNone:
      return "none";
  }
  return "none";
}

VerdictKind decide(double mean, double std, int64_t n, double margin) {
  const Interval interval95 = t_interval(mean, std, n, 0.95);
  if (interval95.low > 0) {
    return VerdictKind::kBetter;
  }
  if (interval95.high < 0) {
    return VerdictKind::kWorse;
  }
  return inside_margin(t_interval(mean, std, n, 0.90), margin) ? VerdictKind::kMatches
                                                               : VerdictKind::kUndecided;
}

std::optional<int64_t> seeds_to_decide(double mean, double std, int64_t n, double margin) {
  for (int64_t count = n + 1; count <= kMostSeeds; ++count) {
    if (decide(mean, std, count, margin) != VerdictKind::kUndecided) {
      return count;
    }
  }
  return std::nullopt;
}

Verdict judge(const VerdictInput& input) {
  if (input.diverged > 0 || input.baseline_diverged > 0) {
    return judge_diverged(input);
  }
  const PairedDifference& difference = input.difference;
  if (!difference.has_spread()) {
    return judge_without_spread(input);
  }
  Verdict verdict;
  verdict.kind = decide(*difference.mean, *difference.std, difference.n, input.margin);
  verdict.within_margin = inside_margin(*difference.interval90, input.margin);
  if (verdict.kind == VerdictKind::kUndecided) {
    verdict.seeds_to_decide =
        seeds_to_decide(*difference.mean, *difference.std, difference.n, input.margin);
    verdict.seeds_to_decide_text = verdict.seeds_to_decide
                                       ? std::to_string(*verdict.seeds_to_decide)
                                       : "more than " + std::to_string(kMostSeeds);
  }
  verdict.sentence = sentence_of(input, verdict);
  return verdict;
}

}  // namespace dyt::compare
