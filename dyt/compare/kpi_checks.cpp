// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/kpi_checks.h"

#include <cmath>

#include "dyt/compare/points_text.h"
#include "dyt/compare/verdict.h"
#include "dyt/core/text.h"

namespace dyt::compare {
namespace {

constexpr double kPercent = 100;  // of a fraction

// Of an interval that lies wholly on one side of the least value allowed.
KpiStatus at_least(const Interval& interval, double least) {
  if (interval.low > least) {
    return KpiStatus::kMet;
  }
  return interval.high < least ? KpiStatus::kMissed : KpiStatus::kNotSure;
}

std::string points_interval_text(const Interval& interval, const std::string& level) {
  return level + " % interval " + signed_points(interval.low) + " to " +
         signed_points(interval.high);
}

std::string percent_text(double fraction) {
  return core::fixed_text(kPercent * fraction, 1) + " %";
}

// "+34.2 %". Close to the limit two digits, so that +5.04 is not shown as the limit itself.
std::string signed_change(double factor, double limit) {
  const double percent = kPercent * (factor - 1);
  const int digits = std::abs(factor - limit) < 0.005 ? 2 : 1;
  const std::string text = core::fixed_text(std::abs(percent), digits);
  if (text.find_first_not_of("0.") == std::string::npos) {
    return "0 %";
  }
  return (percent < 0 ? "-" : "+") + text + " %";
}

std::string seeds_wanted(const PairedDifference& difference, double limit) {
  const auto seeds = seeds_to_settle(*difference.mean, *difference.std, difference.n, limit);
  return seeds ? count_of_seeds(*seeds) : "more than " + count_of_seeds(kMostSeeds);
}

// "a training step takes 34.2 % more time than with LayerNorm"
std::string factor_clause(const KpiCheck& check, const std::string& subject,
                          const std::string& noun, const std::string& baseline) {
  const std::string with = " " + noun + " ";
  if (check.measured_text == "0 %") {
    return subject + "as much" + with + "as with " + baseline;
  }
  return subject + check.measured_text.substr(1) +
         (check.measured_text.front() == '-' ? " less" : " more") + with + "than with " + baseline;
}

std::string allowed_change(double limit) {
  if (limit == 1) {
    return "no more is allowed";
  }
  return limit > 1 ? "at most " + change_text(limit) + " more is allowed"
                   : "at least " + change_text(limit) + " less is asked for";
}

KpiStatus at_most(double factor, const std::optional<Interval>& interval, double limit) {
  const Interval range = interval.value_or(Interval{factor, factor});
  if (range.high <= limit) {
    return KpiStatus::kMet;
  }
  return range.low > limit ? KpiStatus::kMissed : KpiStatus::kNotSure;
}

void add_measured(KpiCheck& check, double factor, double limit) {
  check.measured = factor;
  check.measured_text = signed_change(factor, limit);
}

// Points by which a finished run of the strip lies above the baseline's best.
double points_above(const ShortRun& run, double best) { return kPercent * (run.accuracy - best); }

std::string holds_up_to(const KpiBaseline& baseline, const KpiSlot& slot) {
  if (!slot.highest_lr) {
    return "";
  }
  std::string text = "; of the rates tried it holds up to " + core::number_text(*slot.highest_lr);
  if (!slot.is_baseline && baseline.highest_lr) {
    text += ", " + baseline.label + " up to " + core::number_text(*baseline.highest_lr);
  }
  return text;
}

void judge_short_run(const KpiOptions& options, const KpiBaseline& baseline, const KpiSlot& slot,
                     KpiCheck& check) {
  const double best = *baseline.best_short_run;
  const double points = points_above(*slot.short_run, best);
  check.interval = slot.short_run->interval95;
  check.measured = points;
  check.measured_text = signed_points(points) + " points";
  if (check.interval) {
    check.interval_text = points_interval_text(*check.interval, "95");
  }
  check.status = at_least(check.interval.value_or(Interval{points, points}), -options.stability);
  const std::string at = "at learning rate " + core::number_text(*baseline.lr);
  const std::string reached = percent_text(slot.short_run->accuracy);
  const std::string bar = " (" + baseline.label + " at best: " + percent_text(best) + "; at most " +
                          points_text(options.stability) + " less is allowed)";
  if (check.status == KpiStatus::kNotSure) {
    check.clause = "the test images do not settle whether it trains well enough " + at +
                   ": its short run reached " + reached + bar;
  } else {
    const bool met = check.status == KpiStatus::kMet;
    check.clause = at + " its short run reached " + (met ? "" : "only ") + reached + bar;
  }
  check.clause += holds_up_to(baseline, slot);
}

}  // namespace

std::string change_text(double factor) {
  return core::number_text(std::round(1e4 * std::abs(factor - 1)) / kPercent) + " %";
}

KpiCheck check_accuracy(const KpiOptions& options, const KpiBaseline& baseline,
                        const KpiSlot& slot) {
  KpiCheck check{.check = "accuracy"};
  const PairedDifference& difference = slot.difference;
  if (difference.n == 0) {
    check.clause = "the accuracy cannot be compared: no seed finished with both slots";
    return check;
  }
  const std::string limit = points_text(options.accuracy_loss);
  const std::string question =
      "whether it loses more than " + limit + " of accuracy against " + baseline.label;
  const std::string seeds = count_of_seeds(difference.n);
  check.measured = difference.mean;
  check.measured_text = signed_points(*difference.mean) + " points";
  if (!difference.has_spread()) {
    check.status = KpiStatus::kNotSure;
    check.clause =
        question + " cannot be said: " +
        (difference.n == 1 ? "one seed has no spread to judge by"
                           : "all seeds differ by the same, which leaves no spread to judge by") +
        " (measured: " + check.measured_text + ")";
    return check;
  }
  check.interval = difference.interval90;
  check.interval_text = points_interval_text(*difference.interval90, "90");
  check.status = at_least(*difference.interval90, -options.accuracy_loss);
  const std::string measured = check.measured_text + " against " + baseline.label + " over " +
                               seeds + " (at most " + limit + " less is allowed)";
  if (check.status == KpiStatus::kNotSure) {
    check.clause = seeds + " do not settle " + question + " (measured: " + check.measured_text +
                   "); with this mean and spread, " +
                   seeds_wanted(difference, options.accuracy_loss) + " would";
  } else {
    const bool met = check.status == KpiStatus::kMet;
    check.clause =
        (met ? "the accuracy keeps to the limit: " : "it loses too much accuracy: ") + measured;
  }
  return check;
}

KpiCheck check_divergence(const KpiOptions& options, const KpiSlot& slot) {
  const bool met = slot.diverged <= options.diverged;
  const std::string seeds = " of " + std::to_string(slot.seeds);
  const std::string runs = slot.seeds == 1 ? " training run diverged" : " training runs diverged";
  const std::string allowed = options.diverged == 0
                                  ? " (none may)"
                                  : " (at most " + std::to_string(options.diverged) + " may)";
  return {
      .check = "divergence",
      .status = met ? KpiStatus::kMet : KpiStatus::kMissed,
      .measured = static_cast<double>(slot.diverged),
      .measured_text = std::to_string(slot.seeds - slot.diverged) + seeds,
      .clause = std::to_string(slot.diverged) + seeds + runs + (slot.diverged == 0 ? "" : allowed)};
}

KpiCheck check_stability(const KpiOptions& options, const KpiBaseline& baseline,
                         const KpiSlot& slot) {
  KpiCheck check{.check = "stability"};
  if (!baseline.lr || !slot.short_run) {
    check.clause = "the stability was not measured: there is no short run at such a learning rate";
    return check;
  }
  const std::string at = " at learning rate " + core::number_text(*baseline.lr);
  if (slot.short_run->diverged) {
    check.status = KpiStatus::kMissed;
    check.measured_text = "diverged at step " + std::to_string(slot.short_run->step);
    check.clause = "its short run" + at + " " + check.measured_text + holds_up_to(baseline, slot);
    return check;
  }
  if (!baseline.best_short_run) {
    check.clause =
        "the stability cannot be judged: no short run of " + baseline.label + " finished";
    return check;
  }
  judge_short_run(options, baseline, slot, check);
  return check;
}

KpiCheck check_step_time(const KpiOptions& options, const KpiBaseline& baseline,
                         const KpiSlot& slot) {
  KpiCheck check{.check = "time_step"};
  if (!slot.step_time) {
    check.clause = "the time of a training step was not measured";
    return check;
  }
  add_measured(check, *slot.step_time, options.step_time);
  check.interval = slot.step_time_interval90;
  if (check.interval) {
    check.interval_text = "90 % interval " + signed_change(check.interval->low, options.step_time) +
                          " to " + signed_change(check.interval->high, options.step_time);
  }
  check.status = at_most(*slot.step_time, check.interval, options.step_time);
  const std::string allowed = " (" + allowed_change(options.step_time) + ")";
  check.clause =
      check.status == KpiStatus::kNotSure
          ? "this measurement does not settle whether a training step is fast enough: " +
                check.measured_text + " against " + baseline.label + allowed
          : factor_clause(check, "a training step takes ", "time", baseline.label) + allowed;
  return check;
}

KpiCheck check_memory(const KpiOptions& options, const KpiBaseline& baseline, const KpiSlot& slot) {
  KpiCheck check{.check = "memory_peak"};
  if (!slot.memory) {
    check.clause = "the memory of a training step was not measured";
    return check;
  }
  add_measured(check, *slot.memory, options.memory);
  check.status = at_most(*slot.memory, std::nullopt, options.memory);
  check.clause = factor_clause(check, "training takes ", "memory", baseline.label) + " (" +
                 allowed_change(options.memory) + ")";
  return check;
}

}  // namespace dyt::compare
