// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/json_lines.h"

#include "dyt/core/files.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/temp_folder.h"

namespace dyt::formats {
namespace {

TEST(JsonLines, ReadsLinesWithNumbers) {
  const auto lines = parse_json_lines("{\"a\":1}\n[2]\r\n\"x\"\n", "log");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "{\"a\":1}");
  EXPECT_EQ(lines[1].text, "[2]");
  EXPECT_EQ(lines[2].number, 3);
  EXPECT_TRUE(parse_json_lines("", "log").empty());
}

TEST(JsonLines, LastLineWithoutNewline) {
  EXPECT_EQ(parse_json_lines("{}\n{\"a\":1}", "log").size(), 2u);
  const std::string cut = "{}\n{\"a\":";
  const std::string message = data_error([&] { parse_json_lines(cut, "log"); });
  EXPECT_TRUE(mentions(message, "log, line 2"));
  EXPECT_TRUE(mentions(message, "cut off"));
  EXPECT_EQ(parse_json_lines(cut, "log", PartialLine::kIgnore).size(), 1u);
}

TEST(JsonLines, DamageIsNamedWithLineAndByte) {
  struct Case {
    std::string bytes;
    std::string place;
  };
  const std::vector<Case> cases = {{"{}\n{\"a\" 1}\n", "log, line 2, byte 6"},
                                   {"{}\n\n{}\n", "log, line 2, byte 1"},
                                   {"{}{}\n", "log, line 1, byte 3"},
                                   {std::string("{}\0\n", 4), "log, line 1, byte 3"},
                                   {"\"\xff\"\n", "log, line 1, byte 2"}};
  for (const Case& bad : cases) {
    // A whole but bad line is an error in both modes.
    for (const PartialLine partial : {PartialLine::kError, PartialLine::kIgnore}) {
      EXPECT_TRUE(
          mentions(data_error([&] { parse_json_lines(bad.bytes, "log", partial); }), bad.place));
    }
  }
}

TEST(JsonLines, ReadsWhatTheLogWrote) {
  const dyt::testing::TempFolder folder;
  const auto path = folder / "lines.jsonl";
  core::AppendLog log(path);
  log.append_line(R"({"epoch":1})");
  log.append_line(R"({"epoch":2})");
  EXPECT_EQ(read_json_lines(path)[1].text, R"({"epoch":2})");
}

}  // namespace
}  // namespace dyt::formats
