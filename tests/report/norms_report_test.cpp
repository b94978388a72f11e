// SPDX-License-Identifier: Apache-2.0
// What norms do and what alpha does, in the pages of a comparison and of an inspection.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/report/compare_report.h"
#include "dyt/report/inspect_report.h"
#include "tests/report/page_check.h"
#include "tests/report/sample.h"
#include "tests/report/sample_norms.h"
#include "tests/support/expect_error.h"

namespace dyt::report {
namespace {

using Json = nlohmann::ordered_json;

bool norms_page_contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string page_with_norms(double gain) {
  Json compare = sample_compare();
  compare["norms"] = sample_norms(gain);
  return compare_report_html(compare.dump());
}

TEST(NormsSection, ShowsPointsAndSaysWhetherThePapersPictureShows) {
  const std::string clear = page_with_norms(0.08);
  EXPECT_EQ(PageCheck(clear).problem(), "");
  for (const char* part :
       {"What normalization does", "seed 0", "64 test images", "Here the S-curve shows",
        "R² 0.980 against 0.900 in blocks.3.norm1", "factor of 8", "map_all_1", "map_tokens_3",
        "map_channels_3", "largest inputs (7)", "Every norm: line and tanh", "+0.080"}) {
    EXPECT_TRUE(norms_page_contains(clear, part)) << part;
  }
  EXPECT_FALSE(norms_page_contains(clear, "map_all_2")) << "that norm has no points";
  EXPECT_TRUE(norms_page_contains(page_with_norms(0.02), "shows only slightly"));
  EXPECT_TRUE(norms_page_contains(page_with_norms(0.004), "S-curve does not show"));
}

TEST(Summary, SaysTheClaimAndWhatEachKindComputesOnce) {
  const std::string page = compare_report_html(sample_compare().dump());
  EXPECT_TRUE(norms_page_contains(page, "The claim under test"));
  const std::string formula = "<em>dyt</em>: &lt;formula&gt; of dyt;";
  EXPECT_TRUE(norms_page_contains(page, formula)) << "dyt and dyt:alpha0=auto are of one kind";
  EXPECT_EQ(page.find(formula), page.rfind(formula));
}

TEST(NormsSection, IsLeftOutWhereNothingWasMeasured) {
  EXPECT_FALSE(
      norms_page_contains(compare_report_html(sample_compare().dump()), "What normalization does"));
}

std::string page_with_alpha(const Json& spread) {
  Json compare = sample_compare();
  Json& slot = compare["slots"][1];
  slot["alpha_and_spread"] = spread;
  for (Json& seed : slot["seeds"]) {
    seed["input_std"] = seed["alpha"];
  }
  return compare_report_html(compare.dump());
}

TEST(AlphaSection, ComparesWithThePapersFigure) {
  const std::string page = page_with_alpha(sample_alpha_and_spread(0.93, 0.4, 0.99));
  EXPECT_EQ(PageCheck(page).problem(), "");
  for (const char* part : {"What alpha does", "r = +0.93 (95 %: +0.40 to +0.99) over 4 layers",
                           "as in the paper", "alpha_scatter_1", "alpha_std_1",
                           "From the first epoch to the last 1/std of blocks.3.norm1 goes from"}) {
    EXPECT_TRUE(norms_page_contains(page, part)) << part;
  }
  EXPECT_TRUE(norms_page_contains(page_with_alpha(sample_alpha_and_spread(0.3, -0.5, 0.8)),
                                  "correlation does not show here"));
  EXPECT_TRUE(norms_page_contains(page_with_alpha(sample_alpha_and_spread(-0.9, -0.99, -0.1)),
                                  "opposite of the paper’s picture"));
  Json few = sample_alpha_and_spread(0.9, 0, 0);
  few["low"] = few["high"] = nullptr;
  EXPECT_TRUE(norms_page_contains(page_with_alpha(few), "too few to say more"));
  few["r"] = nullptr;
  EXPECT_TRUE(norms_page_contains(page_with_alpha(few), "no correlation can be given"));
  EXPECT_FALSE(norms_page_contains(page_with_alpha(nullptr), "What alpha does"));
}

TEST(InspectReport, ShowsSlotsHealthAlphaAndNorms) {
  const std::string page = inspect_report_html(sample_inspection().dump());
  EXPECT_EQ(PageCheck(page).problem(), "");
  for (const char* part :
       {"runs/a &amp; b", "202,195", "97.50 % of 360 images of digits", "&lt;norm2&gt;", "41.0 %",
        "▲ warning", "How the stream grows", "Parameters of every part", "opposite of the paper",
        "Here the S-curve"}) {
    EXPECT_TRUE(norms_page_contains(page, part)) << part;
  }
}

TEST(InspectReport, TableFitsATerminal) {
  const std::string text = inspect_table_text(sample_inspection().dump());
  EXPECT_TRUE(norms_page_contains(text, "test accuracy: 97.50 %"));
  EXPECT_TRUE(norms_page_contains(text, "norm1"));
  EXPECT_TRUE(norms_page_contains(text, "41.0 %  warning")) << text;
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    EXPECT_LE(end - begin, 104u) << "bytes; the minus sign has three";
    begin = end + 1;
  }
}

TEST(InspectReport, BadJsonNamesTheField) {
  Json inspection = sample_inspection();
  inspection["norms"]["maps"][1]["tanh"]["r2"] = nullptr;
  testing::expect_error(core::ErrorKind::kData, "norms.maps[1].tanh.r2",
                        [&] { inspect_report_html(inspection.dump()); });
  testing::expect_error(core::ErrorKind::kData, "version",
                        [] { inspect_table_text(R"({"version": 7})"); });
}

}  // namespace
}  // namespace dyt::report
