// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/decision_sheet.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/report/compare_report.h"
#include "dyt/report/internal/format.h"
#include "tests/report/page_check.h"
#include "tests/report/sample.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

std::string sheet_of(const Json& json) {
  return decision_sheet_section(parse_compare(json.dump()));
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(DecisionSheet, HasLimitsWordsAndNumbersInOrder) {
  const std::string sheet = sheet_of(sample_compare());
  EXPECT_EQ(PageCheck(sheet).problem(), "");
  size_t last = 0;
  for (const char* part :
       {"Decision sheet for a pilot",
        "<span class=\"word\">no</span>DyT (alpha0 = 0.5): not recommended",
        "<span class=\"word\">open</span>DyT (alpha0 = auto): no decision",
        "<span class=\"word\">yes</span>no norm: recommended", "LayerNorm is the reference",
        "Accuracy<span class=\"sep\">: </span><small>at most 1 point below LayerNorm",
        "Peak memory<span",
        "</span> not met</strong><small>−1.61 points</small>"
        "<small>90 % interval −1.92 to −1.30</small>",
        "</span> not sure</strong><small>−11.10 points</small>",
        "</span> not measured</strong></span></td>",
        "</span> met</strong><small>−0.17 points</small>", "What this sheet cannot say"}) {
    const size_t at = sheet.find(part, last);
    EXPECT_NE(at, std::string::npos) << part;
    last = at == std::string::npos ? last : at;
  }
  EXPECT_EQ(count_of(sheet, std::string("<span>") + kNotAvailable), 3u)
      << "the reference has no accuracy, time and memory of its own";
}

TEST(DecisionSheet, StandsAfterTheFirstScreenWhichNamesIt) {
  const std::string page = compare_report_html(sample_compare().dump());
  const size_t line = page.find("<strong>no</strong> for DyT (alpha0 = 0.5)");
  EXPECT_LT(page.find("ul class=\"verdicts\""), line);
  EXPECT_LT(line, page.find("How sure?"));
  EXPECT_LT(page.find("How sure, in detail"), page.find("<h2 id=\"decision-sheet\""));
  EXPECT_LT(page.find("<h2 id=\"decision-sheet\""), page.find("<h2>Results"));
}

TEST(DecisionSheet, IsAbsentForAnOlderFile) {
  for (const bool erase : {true, false}) {
    Json json = sample_compare();
    if (erase) {
      json.erase("kpi");
    } else {
      json["kpi"] = nullptr;
    }
    const std::string page = compare_report_html(json.dump());
    EXPECT_EQ(page.find("ecision sheet"), std::string::npos);
    EXPECT_EQ(page.find("Ready for a pilot"), std::string::npos);
    EXPECT_EQ(compare_table_text(json.dump()).find("pilot"), std::string::npos);
  }
}

// Without its times a file has no decision; the other checks can still be shown.
TEST(DecisionSheet, GapsAreFine) {
  Json json = sample_compare();
  for (Json& slot : json["kpi"]["slots"]) {
    slot.erase("time_decision");
    slot["checks"].erase("time_step");
  }
  json["kpi"]["slots"][1]["checks"]["accuracy"].erase("status");
  json["kpi"]["slots"][2].erase("checks");
  EXPECT_EQ(PageCheck(compare_report_html(json.dump())).problem(), "");
  EXPECT_FALSE(compare_table_text(json.dump()).empty());
  json["kpi"] = {{"stable_lr", nullptr}};
  EXPECT_EQ(sheet_of(json), "");
  EXPECT_EQ(PageCheck(compare_report_html(json.dump())).problem(), "");
}

TEST(DecisionSheet, EscapesEveryText) {
  const std::string evil = "<b>\"x\" & y</b>";
  Json json = sample_compare();
  json["kpi"]["limits"][0]["title"] = json["kpi"]["limits"][0]["limit_text"] = evil;
  for (Json& slot : json["kpi"]["slots"]) {
    slot["slot"] = evil;
    slot["time_decision"]["sentence"] = evil;
    for (Json& check : slot["checks"]) {
      check["measured_text"] = check["interval_text"] = evil;
    }
  }
  const std::string page = compare_report_html(json.dump());
  EXPECT_EQ(PageCheck(page).problem(), "");
  EXPECT_EQ(page.find("<b>"), std::string::npos);
}

TEST(DecisionSheet, UnknownWordsNameTheirPlace) {
  Json status = sample_compare();
  status["kpi"]["slots"][1]["checks"]["accuracy"]["status"] = "odd";
  Json decision = sample_compare();
  decision["kpi"]["slots"][2]["time_decision"]["decision"] = "maybe";
  for (const auto& [json, place] : {std::pair(status, "kpi.slots[1].checks.accuracy.status"),
                                    std::pair(decision, "kpi.slots[2].time_decision.decision")}) {
    try {
      compare_report_html(json.dump());
      ADD_FAILURE() << "no error";
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), core::ErrorKind::kData);
      EXPECT_NE(error.parts().where.find(place), std::string::npos) << error.what();
    }
  }
}

TEST(DecisionSheet, OneLineASlotInTheTerminal) {
  const std::vector<std::string> texts = pilot_texts(parse_compare(sample_compare().dump()));
  EXPECT_EQ(texts,
            (std::vector<std::string>{
                "pilot: DyT (alpha0 = 0.5): no - accuracy -1.61 points (at most 1 point below "
                "LayerNorm); step time +34.2 % (at most 5 % more than LayerNorm)",
                "pilot: DyT (alpha0 = auto): open - accuracy not sure: -0.61 points (at most 1 "
                "point below LayerNorm); step time not measured",
                "pilot: no norm: yes - every limit is met"}));
}

}  // namespace
}  // namespace dyt::report
