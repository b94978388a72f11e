// SPDX-License-Identifier: Apache-2.0
// A compare.json that was written before fields were added to version 1.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/report/compare_report.h"
#include "tests/report/page_check.h"
#include "tests/support/expect_error.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

// Two slots, two seeds, a strip and a cost, of a model of 16 dimensions.
constexpr const char* kFile = DYT_SOURCE_DIR "/tests/report/golden/compare-v1.json";

TEST(OlderFile, IsRead) {
  const std::string text = core::read_file(kFile);
  const std::string page = compare_report_html(text);
  EXPECT_EQ(PageCheck(page).problem(), "");
  for (const char* part : {"Norm slots compared: digits", "DyT (alpha0=auto)", "accuracy_curves",
                           "<h2>Stability strip", "<h2>Health", "Example CPU"}) {
    EXPECT_TRUE(testing::mentions(page, part));
  }
  EXPECT_TRUE(testing::mentions(compare_table_text(text), "LayerNorm"));
}

TEST(OlderFile, OfAnotherVersionIsRefused) {
  Json json = Json::parse(core::read_file(kFile));
  const std::pair<Json, const char*> kCases[] = {{0, "found:    0"},
                                                 {2, "found:    2"},
                                                 {"1", "compare.json, version"},
                                                 {nullptr, "found:    nothing"}};
  for (const auto& [version, part] : kCases) {
    json["version"] = version;
    testing::expect_error(core::ErrorKind::kData, part, [&] { compare_report_html(json.dump()); });
    testing::expect_error(core::ErrorKind::kData, "make the file again",
                          [&] { compare_table_text(json.dump()); });
  }
}

}  // namespace
}  // namespace dyt::report
