// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/run_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "tests/report/page_check.h"
#include "tests/report/sample.h"

namespace dyt::report {
namespace {

bool run_page_contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kEnvironment =
    R"({"version":"0.1.0","command":"dyt train seed=<1>","hardware":{"cpu":"Example CPU","cores":2}})";

TEST(RunReport, ShowsAFinishedRun) {
  const std::string page =
      run_report_html("seed = 0 # <b>\n", sample_metrics(), sample_result(), kEnvironment);
  EXPECT_EQ(PageCheck(page).problem(), "");
  for (const char* part : {"Finished at 98.", "209,747", "Test accuracy (%)", "Loss (log scale)",
                           "Learning rate", "alpha of each layer", "health_0", "▲ warning",
                           "dyt train seed=&lt;1&gt;", "hardware, cpu", "seed = 0 # &lt;b&gt;"}) {
    EXPECT_TRUE(run_page_contains(page, part)) << part;
  }
}

TEST(RunReport, ShowsWhatElseAnEvaluationMeasured) {
  std::string result = sample_result();
  result.insert(
      result.find('{') + 1,
      R"("measures":[{"name":"a","title":"distance (<run>), not FID","value":12.34567}],)");
  const std::string page = run_report_html("", sample_metrics(), result, "");
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(run_page_contains(page, "distance (&lt;run&gt;), not FID"));
  EXPECT_TRUE(run_page_contains(page, "12.3457"));
}

TEST(RunReport, ShowsARunThatGoesOn) {
  std::string metrics = sample_metrics();
  metrics = metrics.substr(0, metrics.size() / 2);  // its last line is cut
  const std::string page = run_report_html("", metrics, "", "");
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(run_page_contains(page, "has not ended"));
  EXPECT_TRUE(run_page_contains(run_report_html("", "", "", ""), "not finished an epoch"));
}

TEST(RunReport, ShowsADivergedRun) {
  const std::string page = run_report_html(
      "", "",
      R"({"version":1,"status":"diverged","step":37,"test_accuracy":null,"best":null,
          "nonfinite":{"loss":"nan","layer":"a","words":"it began in <a>"}})",
      "");
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_TRUE(run_page_contains(
      page, "diverged: loss or weights were not finite at step 37; it began in &lt;a&gt;."));
}

TEST(RunReport, BadFilesAreErrorsThatNameThem) {
  const auto where = [](const std::string& metrics, const std::string& result) {
    try {
      run_report_html("", metrics, result, "");
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kData);
      return error.parts().where;
    }
    return std::string("no error");
  };
  EXPECT_TRUE(run_page_contains(where("{\"epoch\":1}\n{\"epoch\n", ""), "metrics.jsonl, line 2"));
  EXPECT_TRUE(run_page_contains(where("{\"epoch\":\"x\"}\n", ""), "epoch"));
  EXPECT_TRUE(run_page_contains(where("", "{\"version\":3}"), "result.json, version"));
}

}  // namespace
}  // namespace dyt::report
