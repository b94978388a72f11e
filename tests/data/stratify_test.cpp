// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/stratify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace dyt::data {
namespace {

std::vector<int64_t> counts_of(const std::vector<int64_t>& labels, int64_t classes,
                               const std::vector<int64_t>& numbers) {
  std::vector<int64_t> counts(static_cast<size_t>(classes));
  for (const int64_t number : numbers) {
    ++counts[static_cast<size_t>(labels[static_cast<size_t>(number)])];
  }
  return counts;
}

std::vector<int64_t> labels_with(const std::vector<int64_t>& counts) {
  std::vector<int64_t> labels;
  for (size_t label = 0; label < counts.size(); ++label) {
    labels.insert(labels.end(), static_cast<size_t>(counts[label]), static_cast<int64_t>(label));
  }
  return labels;
}

TEST(StratifiedNumbers, WhateverTheOrderOfTheLabels) {
  std::vector<int64_t> in_turns, in_blocks;
  for (int64_t n = 0; n < 400; ++n) {
    in_turns.push_back(n % 10);
    in_blocks.push_back(n / 40);
  }
  for (const auto& labels : {in_turns, in_blocks}) {
    for (const int64_t count : {10, 40, 41, 57, 400}) {
      const std::vector<int64_t> numbers = stratified_numbers(labels, 10, count, "test");
      EXPECT_EQ(static_cast<int64_t>(numbers.size()), count);
      EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
      EXPECT_EQ(std::set(numbers.begin(), numbers.end()).size(), numbers.size());
      for (const int64_t of_class : counts_of(labels, 10, numbers)) {
        EXPECT_GE(of_class, count / 10);
        EXPECT_LE(of_class, (count + 9) / 10);
      }
      EXPECT_EQ(stratified_numbers(labels, 10, count, "test"), numbers);
    }
    EXPECT_NE(stratified_numbers(labels, 10, 40, "test"),
              stratified_numbers(labels, 10, 40, "other"));
  }
}

TEST(StratifiedNumbers, SharesAndAtLeastOneOfEach) {
  const std::vector<int64_t> labels = labels_with({1, 1000, 0, 2, 97});
  EXPECT_EQ(counts_of(labels, 5, stratified_numbers(labels, 5, 110, "test")),
            (std::vector<int64_t>{1, 99, 0, 1, 9}));
  EXPECT_EQ(counts_of(labels, 5, stratified_numbers(labels, 5, 4, "test")),
            (std::vector<int64_t>{1, 1, 0, 1, 1}));
  EXPECT_EQ(stratified_numbers(labels, 5, 3, "test").size(), 3u);
  EXPECT_TRUE(stratified_numbers(labels, 5, 0, "test").empty());
  EXPECT_EQ(stratified_numbers(labels, 5, 1100, "test").size(), 1100u);
}

TEST(StratifiedNumbers, OfManyClassesFewerAreChosenByThePermutation) {
  const std::vector<int64_t> labels = labels_with(std::vector<int64_t>(20, 5));
  const std::vector<int64_t> counts =
      counts_of(labels, 20, stratified_numbers(labels, 20, 7, "test"));
  EXPECT_EQ(std::count(counts.begin(), counts.end(), 1), 7);
  EXPECT_NE(std::vector<int64_t>(counts.begin(), counts.begin() + 7), std::vector<int64_t>(7, 1));
}

TEST(HoldOutFifth, AFifthOfEveryClassAndNeverTheLastImage) {
  for (const auto& [counts, held_out] :
       std::vector<std::pair<std::vector<int64_t>, std::vector<int64_t>>>{
           {{150, 150}, {30, 30}},
           {{1, 1}, {0, 0}},
           {{1, 2, 9}, {0, 1, 2}},
           {{2, 2, 2, 2}, {1, 1, 1, 1}},  // more than a fifth: one of each
           {{100, 1, 0, 3}, {20, 0, 0, 1}}}) {
    const std::vector<int64_t> labels = labels_with(counts);
    const auto classes = static_cast<int64_t>(counts.size());
    const HeldOutFifth parts = hold_out_fifth_of(labels, classes);
    EXPECT_EQ(counts_of(labels, classes, parts.test), held_out);
    std::vector<int64_t> all = parts.train;
    all.insert(all.end(), parts.test.begin(), parts.test.end());
    std::sort(all.begin(), all.end());
    for (size_t n = 0; n < labels.size(); ++n) {
      EXPECT_EQ(all[n], static_cast<int64_t>(n));
    }
  }
}

}  // namespace
}  // namespace dyt::data
