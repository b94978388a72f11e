// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/kpi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "dyt/compare/verdict.h"

namespace dyt::compare {
namespace {

constexpr KpiStatus kMet = KpiStatus::kMet;
constexpr KpiStatus kMissed = KpiStatus::kMissed;
constexpr KpiStatus kNotSure = KpiStatus::kNotSure;
constexpr KpiStatus kNotMeasured = KpiStatus::kNotMeasured;

PairedDifference kpi_difference_of(const std::vector<double>& points) {
  std::vector<std::optional<double>> slot;
  std::vector<std::optional<double>> baseline;
  for (const double value : points) {
    slot.emplace_back(0.9 + value / 100);
    baseline.emplace_back(0.9);
  }
  return paired_difference(slot, baseline);
}

// A slot that keeps to every limit, and what it is measured against.
struct Situation {
  KpiOptions options;
  KpiBaseline baseline{
      .label = "LayerNorm", .lr = 0.01, .best_short_run = 0.95, .highest_lr = 0.03};
  KpiSlot slot{.label = "DyT",
               .difference = kpi_difference_of({-0.2, -0.1, 0, 0.1, 0.2}),
               .seeds = 5,
               .short_run = ShortRun{.accuracy = 0.94, .interval95 = Interval{-3, 1}},
               .highest_lr = 0.01,
               .step_time = 1.02,
               .memory = 1.0};

  PilotDecision judge() const { return judge_pilot(options, baseline, slot); }
};

const KpiCheck& check_of(const PilotDecision& pilot, const std::string& name) {
  const auto found = std::find_if(pilot.checks.begin(), pilot.checks.end(),
                                  [&](const KpiCheck& check) { return check.check == name; });
  if (found == pilot.checks.end()) {
    throw std::runtime_error("no check " + name);
  }
  return *found;
}

struct KpiRow {
  const char* reason;
  const char* check;
  std::function<void(Situation&)> change;
  KpiStatus status;
  const char* measured_text;
  const char* part;  // of the sentence
};

// By hand: t(0.95, 4) = 2.1318, deviation 0.15811, so the 90 % half width is 0.1507.
const KpiRow kRows[] = {
    {"accuracy: the lower end above the limit", "accuracy",
     [](Situation& s) { s.options.accuracy_loss = 0.151; }, kMet, "0.00 points",
     "The accuracy keeps to the limit: 0.00 points against LayerNorm over 5 seeds (at most 0.151 "
     "points less is allowed)."},
    {"accuracy: the limit just inside the interval", "accuracy",
     [](Situation& s) { s.options.accuracy_loss = 0.15; }, kNotSure, "0.00 points",
     "5 seeds do not settle whether it loses more than 0.15 points of accuracy against LayerNorm "
     "(measured: 0.00 points); with this mean and spread, 6 seeds would."},
    {"accuracy: the upper end just below the limit", "accuracy",
     [](Situation& s) {
       s.slot.difference = kpi_difference_of({-1.36, -1.26, -1.16, -1.06, -0.96});
     },
     kMissed, "-1.16 points", "It loses too much accuracy: -1.16 points"},
    {"accuracy: the upper end just above the limit", "accuracy",
     [](Situation& s) {
       s.slot.difference = kpi_difference_of({-1.34, -1.24, -1.14, -1.04, -0.94});
     },
     kNotSure, "-1.14 points", "5 seeds do not settle"},
    {"accuracy: the mean on the limit is never settled", "accuracy",
     [](Situation& s) {
       s.options.accuracy_loss = 0;
       s.slot.difference = kpi_difference_of({-0.25, 0.25, -0.5, 0.5});
     },
     kNotSure, "0.00 points", "more than 1000 seeds would"},
    {"accuracy: better is no loss, whatever the limit", "accuracy",
     [](Situation& s) {
       s.options.accuracy_loss = 0;
       s.slot.difference = kpi_difference_of({0.4, 0.5, 0.6});
     },
     kMet, "+0.50 points", "at most 0 points less"},
    {"accuracy: one seed", "accuracy",
     [](Situation& s) { s.slot.difference = kpi_difference_of({3}); }, kNotSure, "+3.00 points",
     "one seed has no spread to judge by (measured: +3.00 points)"},
    {"accuracy: no spread", "accuracy",
     [](Situation& s) {
       s.slot.difference = kpi_difference_of({0, 0, 0});
     },
     kNotSure, "0.00 points", "all seeds differ by the same"},
    {"accuracy: nothing finished", "accuracy",
     [](Situation& s) { s.slot.difference = kpi_difference_of({}); }, kNotMeasured, "",
     "no seed finished with both"},
    {"divergence: none", "divergence", [](Situation&) {}, kMet, "5 of 5",
     "0 of 5 training runs diverged."},
    {"divergence: one too many", "divergence", [](Situation& s) { s.slot.diverged = 1; }, kMissed,
     "4 of 5", "1 of 5 training runs diverged (none may)."},
    {"divergence: as many as may", "divergence",
     [](Situation& s) { s.slot.diverged = s.options.diverged = 2; }, kMet, "3 of 5",
     "(at most 2 may)"},
    {"divergence: more than may", "divergence",
     [](Situation& s) {
       s.options.diverged = 2;
       s.slot.diverged = 3;
     },
     kMissed, "2 of 5", "(at most 2 may)"},
    {"stability: within the limit", "stability", [](Situation&) {}, kMet, "-1.00 points",
     "At learning rate 0.01 its short run reached 94.0 % (LayerNorm at best: 95.0 %; at most 10 "
     "points less is allowed); of the rates tried it holds up to 0.01, LayerNorm up to 0.03."},
    {"stability: the images do not settle it", "stability",
     [](Situation& s) {
       s.slot.short_run = ShortRun{.accuracy = 0.86, .interval95 = Interval{-10, -7}};
     },
     kNotSure, "-9.00 points", "do not settle whether it trains well enough at learning rate 0.01"},
    {"stability: below the limit", "stability",
     [](Situation& s) {
       s.slot.highest_lr = std::nullopt;
       s.slot.short_run = ShortRun{.accuracy = 0.08, .interval95 = Interval{-90, -84}};
     },
     kMissed, "-87.00 points", "reached only 8.0 % (LayerNorm at best: 95.0 %; at most 10 points"},
    {"stability: without an interval the number decides", "stability",
     [](Situation& s) { s.slot.short_run = ShortRun{.accuracy = 0.84}; }, kMissed, "-11.00 points",
     "reached only 84.0 %"},
    {"stability: diverged", "stability",
     [](Situation& s) { s.slot.short_run = ShortRun{.diverged = true, .step = 37}; }, kMissed,
     "diverged at step 37", "Its short run at learning rate 0.01 diverged at step 37;"},
    {"stability: diverged, and so did the baseline everywhere", "stability",
     [](Situation& s) {
       s.baseline.best_short_run = s.baseline.highest_lr = s.slot.highest_lr = std::nullopt;
       s.slot.short_run = ShortRun{.diverged = true, .step = 37};
     },
     kMissed, "diverged at step 37", "diverged at step 37."},
    {"stability: nothing to measure against", "stability",
     [](Situation& s) { s.baseline.best_short_run = std::nullopt; }, kNotMeasured, "",
     "no short run of LayerNorm finished"},
    {"stability: no strip", "stability",
     [](Situation& s) {
       s.baseline.lr = std::nullopt;
       s.slot.short_run = std::nullopt;
     },
     kNotMeasured, "", "The stability was not measured"},
    {"time: within the limit", "time_step", [](Situation&) {}, kMet, "+2.0 %",
     "A training step takes 2.0 % more time than with LayerNorm (at most 5 % more is allowed)."},
    {"time: on the limit", "time_step", [](Situation& s) { s.slot.step_time = 1.05; }, kMet,
     "+5.00 %", "5.00 % more time"},
    {"time: just above the limit", "time_step", [](Situation& s) { s.slot.step_time = 1.0504; },
     kMissed, "+5.04 %", "5.04 % more time"},
    {"time: far above", "time_step", [](Situation& s) { s.slot.step_time = 1.342; }, kMissed,
     "+34.2 %", "34.2 % more time than with LayerNorm (at most 5 % more is allowed)."},
    {"time: the interval around the limit", "time_step",
     [](Situation& s) {
       s.slot.step_time = 1.04;
       s.slot.step_time_interval90 = Interval{1.01, 1.06};
     },
     kNotSure, "+4.0 %",
     "This measurement does not settle whether a training step is fast enough: +4.0 % against "
     "LayerNorm (at most 5 % more is allowed)."},
    {"time: the interval within", "time_step",
     [](Situation& s) {
       s.slot.step_time_interval90 = Interval{1.01, 1.05};
     },
     kMet, "+2.0 %", ""},
    {"time: the interval beyond", "time_step",
     [](Situation& s) {
       s.slot.step_time = 1.2;
       s.slot.step_time_interval90 = Interval{1.06, 1.3};
     },
     kMissed, "+20.0 %", ""},
    {"time: faster is asked for, and is", "time_step",
     [](Situation& s) {
       s.options.step_time = 0.9;
       s.slot.step_time = 0.8;
     },
     kMet, "-20.0 %", "20.0 % less time than with LayerNorm (at least 10 % less is asked for)."},
    {"time: faster is asked for, and is not", "time_step",
     [](Situation& s) {
       s.options.step_time = 0.9;
       s.slot.step_time = 0.95;
     },
     kMissed, "-5.0 %", "at least 10 % less is asked for"},
    {"time: the same", "time_step",
     [](Situation& s) {
       s.options.step_time = 1;
       s.slot.step_time = 1.0;
     },
     kMet, "0 %", "takes as much time as with LayerNorm (no more is allowed)."},
    {"time: not measured", "time_step", [](Situation& s) { s.slot.step_time = std::nullopt; },
     kNotMeasured, "", "The time of a training step was not measured."},
    {"memory: less", "memory_peak", [](Situation& s) { s.slot.memory = 0.9; }, kMet, "-10.0 %",
     "Training takes 10.0 % less memory than with LayerNorm (at most 5 % more is allowed)."},
    {"memory: more", "memory_peak", [](Situation& s) { s.slot.memory = 1.5; }, kMissed, "+50.0 %",
     "50.0 % more memory"},
    {"memory: not measured", "memory_peak", [](Situation& s) { s.slot.memory = std::nullopt; },
     kNotMeasured, "", "The memory of a training step was not measured."},
};

TEST(Kpi, EveryCheckHasItsStatusAndSentence) {
  for (const KpiRow& row : kRows) {
    SCOPED_TRACE(row.reason);
    Situation situation;
    row.change(situation);
    const PilotDecision pilot = situation.judge();
    const KpiCheck& check = check_of(pilot, row.check);
    EXPECT_EQ(kpi_status_word(check.status), kpi_status_word(row.status));
    EXPECT_EQ(check.measured_text, row.measured_text);
    EXPECT_NE(check.sentence().find(row.part), std::string::npos) << check.sentence();
    EXPECT_EQ(check.interval.has_value(), !check.interval_text.empty());
  }
}

TEST(Kpi, IntervalsAreNamed) {
  Situation situation;
  situation.slot.step_time_interval90 = Interval{0.99, 1.04};
  const PilotDecision pilot = situation.judge();
  EXPECT_EQ(check_of(pilot, "accuracy").interval_text, "90 % interval -0.15 to +0.15");
  EXPECT_EQ(check_of(pilot, "stability").interval_text, "95 % interval -3.00 to +1.00");
  EXPECT_EQ(check_of(pilot, "time_step").interval_text, "90 % interval -1.0 % to +4.0 %");
  EXPECT_EQ(check_of(pilot, "memory_peak").interval_text, "");
}

TEST(Kpi, DecisionIsThatOfAllChecks) {
  Situation good;
  EXPECT_EQ(good.judge().word, "go");
  EXPECT_EQ(good.judge().sentence,
            "DyT: recommended for a pilot on this evidence: every limit is met (accuracy, "
            "completed runs, stability, step time, peak memory).");
  Situation slow;
  slow.slot.step_time = 1.34;
  slow.slot.short_run = std::nullopt;
  slow.slot.difference = kpi_difference_of({0.1});
  EXPECT_EQ(slow.judge().word, "no_go");
  EXPECT_EQ(slow.judge().sentence,
            "DyT: not recommended for a pilot on this evidence: a training step takes 34.0 % more "
            "time than with LayerNorm (at most 5 % more is allowed). Not sure: accuracy. Not "
            "measured: stability. Met: completed runs, peak memory.");
  Situation unknown;
  unknown.slot.memory = std::nullopt;
  EXPECT_EQ(unknown.judge().word, "open");
  EXPECT_EQ(unknown.judge().sentence,
            "DyT: no decision on a pilot yet: the memory of a training step was not measured. Met: "
            "accuracy, completed runs, stability, step time.");
  Situation unsure;
  unsure.slot.difference = kpi_difference_of({0.1});
  EXPECT_EQ(unsure.judge().word, "open");
}

TEST(Kpi, TheBaselineIsTheReference) {
  Situation situation;
  situation.slot.label = "LayerNorm";
  situation.slot.is_baseline = true;
  PilotDecision pilot = situation.judge();
  EXPECT_EQ(pilot.word, "reference");
  ASSERT_EQ(pilot.checks.size(), 2u);
  EXPECT_EQ(pilot.checks[0].check, "divergence");
  EXPECT_EQ(pilot.checks[1].check, "stability");
  EXPECT_EQ(pilot.sentence, "LayerNorm is the reference that the others are measured against.");
  situation.slot.diverged = 1;
  pilot = situation.judge();
  EXPECT_EQ(pilot.word, "reference");
  EXPECT_EQ(pilot.sentence,
            "LayerNorm is the reference that the others are measured against. It does not keep to "
            "the limits itself: 1 of 5 training runs diverged (none may).");
}

TEST(Kpi, ALimitOfZeroIsNone) {
  Situation situation;
  situation.options.step_time = situation.options.memory = situation.options.stability = 0;
  EXPECT_EQ(situation.judge().checks.size(), 2u);
  EXPECT_EQ(kpi_limits(situation.options, situation.baseline).size(), 2u);
}

TEST(Kpi, LimitsInWords) {
  Situation situation;
  std::vector<std::string> texts;
  for (const KpiLimit& limit : kpi_limits(situation.options, situation.baseline)) {
    texts.push_back(limit.text);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{
                       "at most 1 point below LayerNorm", "all",
                       "at learning rate 0.01: at most 10 points below LayerNorm's best",
                       "at most 5 % more than LayerNorm", "at most 5 % more than LayerNorm"}));
  situation.options = {.accuracy_loss = 0, .diverged = 2, .step_time = 1, .memory = 0.8};
  situation.baseline.lr = std::nullopt;
  texts.clear();
  for (const KpiLimit& limit : kpi_limits(situation.options, situation.baseline)) {
    texts.push_back(limit.text);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"no loss against LayerNorm", "all but 2",
                                             "at most 10 points below LayerNorm's best",
                                             "no more than LayerNorm",
                                             "at least 20 % less than LayerNorm"}));
}

// Deviation 1, mean -0.5, limit 1: half widths t(0.95, n-1) / sqrt(n) are 0.517 at 12 and 0.494 at
// 13.
TEST(Kpi, SeedsToSettleIsTheFirstNumberThatDoes) {
  EXPECT_EQ(seeds_to_settle(-0.5, 1, 5, 1), 13);
  EXPECT_EQ(seeds_to_settle(-1.5, 1, 5, 1), 13);
  EXPECT_FALSE(seeds_to_settle(-1, 1, 5, 1));
}

}  // namespace
}  // namespace dyt::compare
