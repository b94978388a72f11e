// SPDX-License-Identifier: Apache-2.0
// What a measurement's JSON holds, cases that differ in their shape alone under one title.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dyt/report/internal/json_node.h"

namespace dyt::report {

struct BenchContender {
  std::string name;
  double median_us = 0, low_us = 0, high_us = 0;
  double gb_per_s = 0, share_of_copy = 0, ratio_to_copy = 0, ratio_to_dyt = 0;
};

struct BenchCase {
  int64_t rows = 0, channels = 0;
  std::vector<BenchContender> contenders;
};

struct BenchGroup {
  std::string dtype, pass, outputs, cache;
  int64_t threads = 1;
  std::vector<BenchCase> cases;

  std::string title() const;  // "float32, forward, reused outputs, warm, 2 threads"
};

std::vector<BenchGroup> parse_bench(const JsonNode& root);
const BenchContender* find_contender(const BenchCase& row, const std::string& name);  // or null
// Names in the order in which they first appear, without the copy.
std::vector<std::string> contenders_of(const std::vector<BenchGroup>& groups);

}  // namespace dyt::report
