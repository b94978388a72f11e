// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/bench_data.h"

#include <algorithm>
#include <cmath>

#include "dyt/report/internal/format.h"

namespace dyt::report {
namespace {

double number_of(const JsonNode& node, const std::string& key) {
  return node.number(key).value_or(std::nan(""));
}

BenchCase parse_case(const JsonNode& node) {
  const std::vector<double> shape = node.numbers("shape");
  if (shape.size() != 2) {
    node.fail("shape", "rows and channels");
  }
  BenchCase row{.rows = static_cast<int64_t>(shape[0]), .channels = static_cast<int64_t>(shape[1])};
  for (const JsonNode& each : node.list("contenders")) {
    row.contenders.push_back({.name = each.required_text("name"),
                              .median_us = number_of(each, "time_median_us"),
                              .low_us = number_of(each, "time_low_us"),
                              .high_us = number_of(each, "time_high_us"),
                              .gb_per_s = number_of(each, "rate_gb_per_s"),
                              .share_of_copy = number_of(each, "share_of_copy"),
                              .ratio_to_copy = number_of(each, "ratio_to_copy"),
                              .ratio_to_dyt = number_of(each, "ratio_to_dyt")});
  }
  return row;
}

}  // namespace

std::string BenchGroup::title() const {
  return dtype + ", " + pass + ", " + outputs + " outputs, " + cache + ", " +
         plural(threads, "thread");
}

std::vector<BenchGroup> parse_bench(const JsonNode& root) {
  if (root.integer("version") != 1) {
    root.fail("version", "1");
  }
  std::vector<BenchGroup> groups;
  for (const JsonNode& node : root.list("cases")) {
    BenchGroup group{.dtype = node.required_text("dtype"),
                     .pass = node.required_text("pass"),
                     .outputs = node.required_text("outputs"),
                     .cache = node.required_text("cache"),
                     .threads = node.integer("threads").value_or(1)};
    auto found = std::ranges::find(groups, group.title(), &BenchGroup::title);
    if (found == groups.end()) {
      found = groups.insert(groups.end(), group);
    }
    found->cases.push_back(parse_case(node));
  }
  return groups;
}

const BenchContender* find_contender(const BenchCase& row, const std::string& name) {
  const auto found = std::ranges::find(row.contenders, name, &BenchContender::name);
  return found == row.contenders.end() ? nullptr : &*found;
}

std::vector<std::string> contenders_of(const std::vector<BenchGroup>& groups) {
  std::vector<std::string> names;
  for (const BenchGroup& group : groups) {
    for (const BenchCase& row : group.cases) {
      for (const BenchContender& each : row.contenders) {
        if (each.name != "copy" && std::ranges::find(names, each.name) == names.end()) {
          names.push_back(each.name);
        }
      }
    }
  }
  return names;
}

}  // namespace dyt::report
