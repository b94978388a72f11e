// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/verdict.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"

namespace dyt::compare {
namespace {

using Json = nlohmann::json;

PairedDifference difference_of(const std::vector<double>& points) {
  std::vector<std::optional<double>> slot;
  std::vector<std::optional<double>> baseline;
  for (const double value : points) {
    slot.emplace_back(0.9 + value / 100);
    baseline.emplace_back(0.9);
  }
  return paired_difference(slot, baseline);
}

VerdictInput input_of(const std::vector<double>& points, double margin = 1) {
  return {.label = "DyT",
          .baseline_label = "LayerNorm",
          .difference = difference_of(points),
          .margin = margin,
          .seeds = static_cast<int64_t>(points.size())};
}

// The same rules in Python with scipy: scripts/golden/compare_statistics_golden.py.
TEST(Verdict, IsThatOfTheSecondImplementation) {
  const Json golden =
      Json::parse(core::read_file(DYT_SOURCE_DIR "/tests/compare/statistics_golden.json"));
  for (const Json& item : golden["cases"]) {
    const Verdict verdict = judge(input_of(item["differences"], item["margin"]));
    EXPECT_EQ(verdict_word(verdict.kind), item["verdict"]) << item;
    EXPECT_EQ(verdict.within_margin, item["within_margin"]) << item;
    if (item["seeds_to_decide"].is_null()) {
      EXPECT_FALSE(verdict.seeds_to_decide) << item;
    } else {
      EXPECT_EQ(verdict.seeds_to_decide, item["seeds_to_decide"].get<int64_t>()) << item;
    }
    const bool undecided = verdict.kind == VerdictKind::kUndecided;
    EXPECT_EQ(undecided, !verdict.seeds_to_decide_text.empty()) << item;
  }
}

struct Row {
  const char* reason;
  std::vector<double> points;
  double margin;
  const char* sentence;
};

// Intervals by hand: t(0.975, 4) = 2.776, t(0.95, 4) = 2.132, t(0.975, 1) = 12.706; sqrt(5)
// = 2.236.
TEST(Verdict, Sentences) {
  const Row rows[] = {
      {"mean 0, deviation 0.158: half widths 0.196 and 0.151",
       {-0.2, -0.1, 0, 0.1, 0.2},
       1,
       "DyT matches LayerNorm within 1 point: 0.00 points (95 % interval -0.20 to +0.20, 5 "
       "seeds)."},
      {"the same with a margin below the 90 % half width",
       {-0.2, -0.1, 0, 0.1, 0.2},
       0.15,
       "DyT against LayerNorm is undecided: 0.00 points (95 % interval -0.20 to +0.20, 5 seeds); "
       "with "
       "this mean and spread, 6 seeds would decide."},
      {"mean 0.4: the interval excludes zero, yet lies within the margin",
       {0.2, 0.3, 0.4, 0.5, 0.6},
       1,
       "DyT is better than LayerNorm: +0.40 points (95 % interval +0.20 to +0.60, 5 seeds), within "
       "the "
       "margin of 1 point."},
      {"mean -4: worse, far outside",
       {-4.2, -4.1, -4, -3.9, -3.8},
       1.5,
       "DyT is worse than LayerNorm: -4.00 points (95 % interval -4.20 to -3.80, 5 seeds)."},
      {"mean 1, deviation sqrt 2: half width 12.706; with three 4.303 * 1.414 / 1.732 = 3.51, with "
       "ten "
       "2.262 * 1.414 / 3.162 = 1.012, with eleven 2.228 * 1.414 / 3.317 = 0.95 < 1",
       {0, 2},
       0.5,
       "DyT against LayerNorm is undecided: +1.00 points (95 % interval -11.71 to +13.71, 2 "
       "seeds); with "
       "this mean and spread, 11 seeds would decide."},
      {"mean 0 and a margin of 0: no number of seeds ever decides",
       {-1, 1},
       0,
       "DyT against LayerNorm is undecided: 0.00 points (95 % interval -12.71 to +12.71, 2 seeds); "
       "with "
       "this mean and spread, more than 1000 seeds would decide."},
      {"one seed",
       {-0.28},
       1,
       "DyT gets no verdict against LayerNorm: -0.28 points (1 seed); one seed has no spread to "
       "judge "
       "by."},
      {"no spread",
       {0.5, 0.5, 0.5},
       1,
       "DyT gets no verdict against LayerNorm: +0.50 points (3 seeds); all seeds differ by the "
       "same, "
       "which leaves no spread to judge by."},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(judge(input_of(row.points, row.margin)).sentence, row.sentence) << row.reason;
  }
}

TEST(Verdict, OneSeedAndNoSpreadGiveNone) {
  EXPECT_EQ(judge(input_of({5.0})).kind, VerdictKind::kNone);
  EXPECT_EQ(judge(input_of({5.0, 5.0, 5.0})).kind, VerdictKind::kNone);
  EXPECT_EQ(judge(input_of({0.0, 0.0})).kind, VerdictKind::kNone);
}

TEST(Verdict, LimitOfSeedsIsAThousand) {
  // Deviation 1: half width at n is t(0.975, n-1) / sqrt(n); at 1000 that is 1.96234 / 31.6228 =
  // 0.062055, at 999 1.96234 / 31.6070 = 0.062086.
  EXPECT_EQ(seeds_to_decide(0.06207, 1, 5, 0), 1000);
  EXPECT_FALSE(seeds_to_decide(0.06204, 1, 5, 0));
  EXPECT_FALSE(seeds_to_decide(0.06207, 1, 1000, 0));
  EXPECT_EQ(seeds_to_decide(-0.06207, 1, 5, 0), 1000);
}

// More seeds may decide by either rule: the first that holds counts.
TEST(Verdict, SeedsToDecideTakesTheFirstRuleThatHolds) {
  const auto count = seeds_to_decide(0.2, 1.0, 5, 1);
  ASSERT_TRUE(count);
  EXPECT_EQ(decide(0.2, 1.0, *count, 1), VerdictKind::kMatches);
  EXPECT_EQ(decide(0.2, 1.0, *count - 1, 1), VerdictKind::kUndecided);
}

struct DivergedRow {
  int64_t diverged, baseline_diverged;
  VerdictKind kind;
  const char* sentence;
};

TEST(Verdict, DivergedRunsComeFirst) {
  const std::string rest =
      "; over the seeds that both finished the difference is +0.40 points (95 % interval -0.10 to "
      "+0.90, 3 seeds).";
  const DivergedRow rows[] = {
      {2, 0, VerdictKind::kWorse, "DyT is worse: 2 of 5 diverged (LayerNorm: 0 of 5)"},
      {2, 1, VerdictKind::kWorse, "DyT is worse: 2 of 5 diverged (LayerNorm: 1 of 5)"},
      {1, 1, VerdictKind::kNone, "DyT gets no verdict: baseline diverged in 1 of 5"},
      {0, 2, VerdictKind::kNone, "DyT gets no verdict: baseline diverged in 2 of 5"},
  };
  for (const DivergedRow& row : rows) {
    VerdictInput input = input_of({0.2, 0.4, 0.6});
    input.seeds = 5;
    input.diverged = row.diverged;
    input.baseline_diverged = row.baseline_diverged;
    const Verdict verdict = judge(input);
    EXPECT_EQ(verdict.kind, row.kind);
    EXPECT_EQ(verdict.sentence, row.sentence + rest);
    EXPECT_FALSE(verdict.within_margin);
    EXPECT_TRUE(verdict.seeds_to_decide_text.empty());
  }
}

TEST(Verdict, AllDivergedHasNoDifference) {
  VerdictInput input = input_of({});
  input.seeds = 3;
  input.diverged = 3;
  EXPECT_EQ(judge(input).sentence,
            "DyT is worse: 3 of 3 diverged (LayerNorm: 0 of 3); no seed finished in both.");
}

}  // namespace
}  // namespace dyt::compare
