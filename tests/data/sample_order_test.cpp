// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/sample_order.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <map>

#include "dyt/core/random.h"
#include "dyt/core/text.h"
#include "dyt/formats/safetensors.h"

namespace dyt::data {
namespace {

TEST(SampleOrder, ShuffledIsThePermutationOfTheEpoch) {
  const auto order = shuffled_order(3, 4, 50);
  const std::vector<int64_t> expected = core::RandomStream(3, "order", {4}).permutation(50);
  ASSERT_EQ(order.size(), 50u);
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(order[i], (SampleRequest{.sample = expected[i]}));
  }
  EXPECT_NE(shuffled_order(3, 5, 50), order);
  EXPECT_EQ(order_as_they_are(3), (std::vector<SampleRequest>{{0, 0}, {1, 0}, {2, 0}}));
}

// timm's RepeatAugSampler for one process: floor(1000 / 256) * 256 requests, each sample three
// times.
TEST(SampleOrder, RepeatedTakesEachSampleThreeTimesInSuccession) {
  const auto order = repeated_order(1, 2, 1000);
  const auto once = shuffled_order(1, 2, 1000);
  ASSERT_EQ(order.size(), 768u);
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(order[i].sample, once[i / 3].sample);
    EXPECT_EQ(order[i].repeat, static_cast<int64_t>(i % 3));
  }
  EXPECT_EQ(repeated_order(1, 2, 1000, {.repeats = 3, .round = 0}).size(), 1000u);
  EXPECT_EQ(repeated_order(1, 2, 255).size(), 0u);
  EXPECT_EQ(repeated_order(1, 2, 300, {.repeats = 2, .round = 100}).size(), 300u);
}

// timm's sampler, its permutation answered with ours (scripts/golden/recipes_golden.py).
TEST(SampleOrder, RepeatedIsTimms) {
  const auto file = formats::SafetensorsFile::read(std::filesystem::path(DYT_SOURCE_DIR) /
                                                   "tests/data/golden/repeated_order.safetensors");
  ASSERT_EQ(file.tensors().size(), 6u);
  for (const formats::TensorEntry& entry : file.tensors()) {
    SCOPED_TRACE(entry.name);
    const std::vector<std::string> parts = core::split(entry.name, '/');
    std::vector<int64_t> expected(static_cast<size_t>(entry.shape.at(0)));
    ASSERT_EQ(entry.data.size(), expected.size() * sizeof(int64_t));
    if (!expected.empty()) {
      std::memcpy(expected.data(), entry.data.data(), entry.data.size());
    }
    const auto order =
        repeated_order(3, 2, std::stoll(parts.at(1)),
                       {.repeats = std::stoll(parts.at(2)), .round = std::stoll(parts.at(3))});
    ASSERT_EQ(order.size(), expected.size());
    std::map<int64_t, int64_t> visits;
    for (size_t i = 0; i < order.size(); ++i) {
      EXPECT_EQ(order[i].sample, expected[i]) << i;
      EXPECT_EQ(order[i].repeat, visits[expected[i]]++) << i;
    }
  }
}

}  // namespace
}  // namespace dyt::data
