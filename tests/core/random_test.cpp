// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "dyt/core/error.h"

namespace dyt::core {
namespace {

// Known answers published with the generator (Random123, kat_vectors, philox 4x32 10 rounds).
TEST(Random, PhiloxKnownAnswers) {
  using Block = std::array<uint32_t, 4>;
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsAreRepeatableAndDistinct) {
  std::set<uint32_t> first_values;
  for (const char* name : {"weights/a", "weights/b", "order"}) {
    for (uint64_t index = 0; index < 3; ++index) {
      RandomStream stream(7, name, {index});
      RandomStream again(7, name, {index});
      const uint32_t value = stream.next_u32();
      EXPECT_EQ(value, again.next_u32());
      first_values.insert(value);
    }
  }
  first_values.insert(RandomStream(8, "order", {0}).next_u32());
  EXPECT_EQ(first_values.size(), 10u);
}

// The numbers of docs/randomness.md, whose Python makes them without this code.
TEST(Random, StreamsGiveTheNumbersOfTheirPage) {
  EXPECT_EQ(RandomStream(0, "order", {0}).permutation(8),
            (std::vector<int64_t>{4, 5, 3, 2, 6, 1, 0, 7}));
  EXPECT_EQ(RandomStream(0, "augment", {3, 17}).next_u32(), 1370529515u);
  EXPECT_NEAR(RandomStream(7, "weights/cls_token").normal(), 0.2259027728166289, 1e-15);
  EXPECT_NEAR(RandomStream(0, "mask", {1, 2}).uniform(), 0.2541155776956663, 1e-16);
}

TEST(Random, MomentsOfUniformAndNormal) {
  RandomStream stream(0, "moments");
  constexpr int kCount = 200000;
  double uniform_sum = 0, normal_sum = 0, square_sum = 0;
  for (int i = 0; i < kCount; ++i) {
    const double uniform = stream.uniform();
    ASSERT_GE(uniform, 0.0);
    ASSERT_LT(uniform, 1.0);
    uniform_sum += uniform;
    const double normal = stream.normal();
    normal_sum += normal;
    square_sum += normal * normal;
  }
  // Five standard errors of each mean.
  EXPECT_NEAR(uniform_sum / kCount, 0.5, 5 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(normal_sum / kCount, 0.0, 5 * std::sqrt(1.0 / kCount));
  EXPECT_NEAR(square_sum / kCount, 1.0, 5 * std::sqrt(2.0 / kCount));
}

TEST(Random, TruncatedNormalStaysInside) {
  RandomStream stream(0, "truncated");
  for (int i = 0; i < 10000; ++i) {
    const double value = stream.trunc_normal(1.5);
    ASSERT_LE(std::abs(value), 2.0);
  }
}

TEST(Random, BelowCoversItsRange) {
  RandomStream stream(0, "below");
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) {
    ++counts[stream.below(7)];
  }
  for (const int count : counts) {
    EXPECT_NEAR(count, 10000, 500);
  }
  EXPECT_EQ(stream.below(1), 0u);
}

TEST(Random, PermutationHoldsEveryNumberOnce) {
  RandomStream stream(3, "order", {1});
  const std::vector<int64_t> order = stream.permutation(1437);
  EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), 1437u);
  EXPECT_EQ(RandomStream(3, "order", {1}).permutation(1437), order);
  EXPECT_NE(RandomStream(3, "order", {2}).permutation(1437), order);
}

TEST(Random, TooManyOrTooLargeIndicesAreOurMistake) {
  EXPECT_THROW(RandomStream(0, "x", {1, 2, 3}), Error);
  EXPECT_THROW(RandomStream(0, "x", {uint64_t{1} << 32}), Error);
}

}  // namespace
}  // namespace dyt::core
