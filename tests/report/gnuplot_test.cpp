#include "dyt/report/internal/gnuplot.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "dyt/core/error.h"

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

TEST(Gnuplot, BadScriptIsOurMistake) {
  GnuplotScript script({.name = "t"});
  script.add("plott nonsense");
  try {
    script.svg("");
    FAIL() << "no error";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kInternal);
    EXPECT_FALSE(error.parts().found.empty());
  }
}

TEST(Gnuplot, MissingProgramSaysWhatToInstall) {
  const std::string path = getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  try {
    small_plot("t", "x").svg("");
    ADD_FAILURE() << "no error";
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kResources);
    EXPECT_NE(error.parts().todo.find("gnuplot-nox"), std::string::npos);
  }
  setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace dyt::report
