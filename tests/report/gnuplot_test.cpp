// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/gnuplot.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "dyt/core/files.h"
#include "dyt/report/plots.h"
#include "tests/support/temp_folder.h"

namespace dyt::report {
namespace {

GnuplotScript small_plot(const std::string& name, const std::string& label) {
  GnuplotScript script({.width = 200, .height = 100, .name = name});
  script.add_text(label, 10, 10);
  const std::string data = script.add_data({{1, 2}, {2, 3}});
  script.add("plot " + data + " using 1:2 with linespoints pt 7 title " + quoted(label));
  return script;
}

TEST(Gnuplot, TextIsNeitherMarkupNorCode) {
  const std::string label = "a_b^c <&> `echo hi` 'q' \"d\" @m \\n {/Symbol x}\n%s";
  const std::string svg = small_plot("t", label).svg("about \"<this>\"");
  EXPECT_NE(svg.find("a_b^c &lt;&amp;> `echo hi` 'q'"), std::string::npos) << svg;
  EXPECT_NE(svg.find("{/Symbol x} %s"), std::string::npos);
  EXPECT_EQ(svg.find("<&"), std::string::npos);
  EXPECT_NE(svg.find("aria-label=\"about &quot;&lt;this&gt;&quot;\""), std::string::npos);
}

TEST(Gnuplot, IdsOfTwoFiguresDiffer) {
  const std::string one = small_plot("one", "x").svg("");
  const std::string two = small_plot("two", "x").svg("");
  EXPECT_NE(one.find("id='one-gpPt7'"), std::string::npos);
  EXPECT_NE(one.find("'#one-gpPt"), std::string::npos);
  for (const char* shared : {"id='gp", "'#gp", "id=\"gnuplot", "id='textbox", "id='greybox"}) {
    EXPECT_EQ(one.find(shared), std::string::npos) << shared;
  }
  EXPECT_EQ(two.find("one-"), std::string::npos);
}

TEST(Gnuplot, ScalesWithThePage) {
  const std::string svg = small_plot("t", "x").svg("");
  EXPECT_EQ(svg.rfind("<svg class=\"plot\" viewBox=\"0 0 200 100\"", 0), 0u);
  EXPECT_EQ(svg.find("<?xml"), std::string::npos);
}

// A figure that cannot be drawn leaves a line in its place: the page's tables have the numbers.
TEST(Gnuplot, AFigureThatFailsSaysWhyInItsPlace) {
  GnuplotScript script({.name = "t"});
  script.add("plott nonsense");
  const std::string html = script.svg("accuracy by <epoch>");
  EXPECT_TRUE(html.starts_with("<p class=\"missing\">No plot (accuracy by &lt;epoch")) << html;
  EXPECT_NE(html.find("gnuplot could not draw"), std::string::npos) << html;
}

struct OtherPath {
  explicit OtherPath(const std::string& path) { setenv("PATH", path.c_str(), 1); }
  ~OtherPath() { setenv("PATH", before.c_str(), 1); }
  std::string before = getenv("PATH");
};

TEST(Gnuplot, AMissingOrFailingProgramIsKnownBefore) {
  EXPECT_EQ(plot_problem(), "");
  {
    const OtherPath none("/nonexistent");
    EXPECT_NE(plot_problem().find("gnuplot-nox"), std::string::npos) << plot_problem();
    EXPECT_NE(small_plot("t", "x").svg("").find("gnuplot-nox"), std::string::npos);
  }
  const testing::TempFolder folder;
  core::write_file_atomic(folder / "gnuplot", "#!/bin/sh\nexit 3\n");
  std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
  const OtherPath failing(folder.path().string() + ":/usr/bin:/bin");
  EXPECT_NE(plot_problem().find("gnuplot could not draw"), std::string::npos) << plot_problem();
}

}  // namespace
}  // namespace dyt::report
