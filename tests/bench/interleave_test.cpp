// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/interleave.h"

#include <gtest/gtest.h>

#include "dyt/core/error.h"

namespace dyt::bench {
namespace {

TEST(Interleave, EveryContenderHasATurnInEveryRound) {
  std::string turns;
  const auto turn = [&turns](char letter) {
    return clocked(std::string(1, letter), [&turns, letter] { turns += letter; });
  };
  const auto timings =
      interleave({turn('a'), turn('b'), turn('c')}, {.rounds = 4, .block_seconds = 0});
  // Twice before the first round (warming, calibrating), then each round begins with another one.
  EXPECT_EQ(turns,
            "aabbcc"
            "abc"
            "bca"
            "cab"
            "abc");
  ASSERT_EQ(timings.size(), 3U);
  EXPECT_EQ(timings[1].name, "b");
  EXPECT_EQ(timings[1].seconds.size(), 4U);
}

TEST(Interleave, RatioIsTheMedianOverRounds) {
  const Timing one{"one", {1, 2, 100}}, two{"two", {2, 8, 100}};
  EXPECT_EQ(ratio(two, one), 2);
  EXPECT_EQ(two.median(), 8);
  EXPECT_EQ(two.quantile(0), 2);
  EXPECT_EQ(two.quantile(1), 100);
}

TEST(Interleave, WaitsOnceATurn) {
  std::string turns;
  const Contender contender = clocked(
      "a", [&] { turns += "a"; }, [&] { turns += "."; });
  EXPECT_GT(contender.seconds(3), 0);
  EXPECT_EQ(turns, "aaa.");
}

// One that is timed elsewhere: what it says is what counts.
TEST(Interleave, TakesTheSecondsThatAContenderReports) {
  const Contender elsewhere{"a", [](int64_t calls) { return 0.25 * static_cast<double>(calls); }};
  EXPECT_EQ(interleave({elsewhere}, {.rounds = 3, .block_seconds = 2})[0].seconds,
            std::vector<double>(3, 0.25));
}

TEST(Interleave, StopsBetweenTurns) {
  int calls = 0;
  EXPECT_THROW(
      interleave({clocked("a", [&calls] { ++calls; })},
                 {.rounds = 1000, .block_seconds = 0, .stop = [&calls] { return calls > 5; }}),
      core::Error);
  EXPECT_EQ(calls, 6);
}

}  // namespace
}  // namespace dyt::bench
