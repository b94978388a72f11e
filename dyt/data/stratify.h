// SPDX-License-Identifier: Apache-2.0
// Parts of a data set that look like the whole: which samples a limit keeps, which are held out.
//
//   stratified_numbers(labels, 10, 40, "images/train_limit");   // 40 numbers, in the set's order
//
// Drawn is by a permutation whose seed is 0 whatever a run's seed is, so all runs have the same
// part. Every class gets its share of it: count * (images of the class) / (all images), rounded so
// that the sum is right, the largest remainders up; equal ones by a permutation of the classes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dyt::data {

// `count` of the samples with these labels (0 .. classes - 1); at least one of every class that has
// any, where count is no less than the number of those. The numbers rise. stream: the permutation's
// name. 0 <= count <= labels.size().
std::vector<int64_t> stratified_numbers(std::span<const int64_t> labels, int64_t classes,
                                        int64_t count, std::string_view stream);

struct HeldOutFifth {
  std::vector<int64_t> train, test;  // numbers, in the order of the permutation
};

// A fifth, rounded up, and at least one of every class that has two or more; never a class's last
// one, so a class of one is for training only. (So of many small classes more than a fifth.)
HeldOutFifth hold_out_fifth_of(std::span<const int64_t> labels, int64_t classes);

}  // namespace dyt::data
