// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/bench_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "tests/report/page_check.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

bool bench_page_contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Json contender(const char* name, double share) {
  return {{"name", name},          {"time_median_us", 12.5}, {"time_low_us", 12},
          {"time_high_us", 14},    {"rate_gb_per_s", 40},    {"share_of_copy", share},
          {"ratio_to_copy", 1.25}, {"ratio_to_dyt", 0.75}};
}

Json measured(const std::vector<std::pair<int, int>>& shapes) {
  Json cases = Json::array();
  for (const char* pass : {"forward", "training"}) {
    for (const auto& [rows, channels] : shapes) {
      cases.push_back({{"shape", {rows, channels}},
                       {"dtype", "float32"},
                       {"pass", pass},
                       {"outputs", "reused"},
                       {"cache", "warm"},
                       {"threads", 2},
                       {"contenders",
                        {contender("copy", 1), contender("dyt", 0.8), contender("<peer>", 0.5)}}});
    }
  }
  return {{"version", 1},
          {"environment", {{"hardware", {{"cpu", "Example CPU"}}}}},
          {"config", {{"rounds", 15}}},
          {"cases", cases}};
}

TEST(BenchReport, PlotsAgainstWidthOrShape) {
  const std::string by_width = bench_report_html(measured({{64, 16}, {8, 128}}).dump());
  EXPECT_EQ(PageCheck(by_width).problem(), "");
  for (const char* part : {"Example CPU", "share_1", "channels</text>", "&lt;peer&gt;",
                           "float32, training, reused outputs, warm, 2 threads", "0.75"}) {
    EXPECT_TRUE(bench_page_contains(by_width, part)) << part;
  }
  const std::string by_shape = bench_report_html(measured({{64, 16}, {8, 16}}).dump());
  EXPECT_EQ(PageCheck(by_shape).problem(), "");
  EXPECT_TRUE(bench_page_contains(by_shape, "64 × 16"));
}

TEST(BenchReport, OneShapeHasNoPlotAndSaysWhy) {
  const std::string page = bench_report_html(measured({{64, 16}}).dump());
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(bench_page_contains(page, "No plot: one shape"));
}

TEST(BenchReport, WrongFilesAreErrors) {
  Json wrong = measured({{64, 16}});
  wrong["cases"][0]["shape"] = {1, 2, 3};
  for (const std::string& text : {std::string("{"), std::string("{}"), wrong.dump()}) {
    EXPECT_THROW(bench_report_html(text), core::Error) << text;
  }
}

}  // namespace
}  // namespace dyt::report
