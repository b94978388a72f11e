// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/text.h"

#include <gtest/gtest.h>

#include <limits>

#include "dyt/core/lookup.h"
#include "dyt/core/shell.h"
#include "tests/support/expect_error.h"

namespace dyt::core {
namespace {

TEST(Text, NearestNameFindsSlips) {
  const std::vector<std::string> names = {"digits", "mnist", "fashion_mnist"};
  EXPECT_EQ(nearest_name("digts", names), "digits");
  EXPECT_EQ(nearest_name("fashion-mnist", names), "fashion_mnist");
  EXPECT_EQ(nearest_name("imagenet22k", names), "");
  EXPECT_EQ(suggestion("digts", names), "did you mean 'digits'?");
  EXPECT_EQ(suggestion("imagenet22k", names), "known: digits, mnist, fashion_mnist");
}

TEST(Text, ABeginningIsNearerThanAnotherShortName) {
  const std::vector<std::string> models = {
      "vit", "vit_base_patch16_224", "vit_base_patch16_384", "dit_b_2", "resnet50", "resnet101"};
  EXPECT_EQ(suggestion("vit_bas", models),
            "did you mean 'vit_base_patch16_224' or 'vit_base_patch16_384'?");
  EXPECT_EQ(suggestion("resnet51", models), "did you mean 'resnet50'?");
  EXPECT_EQ(suggestion("dit_b", models), "did you mean 'dit_b_2'?");
}

TEST(Text, ALongListIsCut) {
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    names.push_back("a_name_with_the_number_" + std::to_string(i));
  }
  const std::string text = suggestion("quite_other", names);
  EXPECT_TRUE(text.starts_with("known: a_name")) << text;
  EXPECT_TRUE(text.ends_with(" and 18 more")) << text;
}

TEST(Text, SplitJoinTrim) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
  EXPECT_EQ(join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(trim("  a b\n"), "a b");
  EXPECT_EQ(trim(" \t"), "");
}

TEST(Text, Utf8IsKnown) {
  for (const std::string text :
       {"", "plain", "Größe 1", "漢字", "\U0001F600", "\x7f", "\uD7FF", "\uE000", "\U0010FFFF"}) {
    EXPECT_EQ(valid_utf8_bytes(text), text.size()) << text;
  }
  const std::string zero("a\0b", 3);
  EXPECT_EQ(valid_utf8_bytes(zero), 3u);
  for (const std::string bad :
       {"\x80", "\xff", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_EQ(valid_utf8_bytes("ä" + bad + "z"), 2u) << bad;
  }
}

TEST(Text, NumbersReadBack) {
  for (const double value : {0.003, 1e-8, 1.0, -2.5, 1.0 / 3, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(std::stod(number_text(value)), value);
  }
  EXPECT_EQ(number_text(0.003), "0.003");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(fixed_text(97.2222, 1), "97.2");
}

TEST(Shell, QuotesWhatAShellWouldRead) {
  for (const std::string plain : {"data.folder=/a/b-c_d.e", "slots=dyt:alpha0=auto,none", "für"}) {
    EXPECT_EQ(shell_quoted(plain), plain);
  }
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("seeds=[0,1]"), "'seeds=[0,1]'");
  EXPECT_EQ(shell_quoted("~/a"), "'~/a'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Lookup, UnknownRowNamesTheNearest) {
  struct Row {
    std::string_view name;
  };
  const std::vector<Row> rows = {{"digits"}, {"mnist"}};
  EXPECT_EQ(find_row<Row>(rows, "mnist", "data set").name, "mnist");
  testing::expect_error(ErrorKind::kUsage,
                        "unknown data set 'minst'\n  to do:    did you mean 'mnist'?",
                        [&] { find_row<Row>(rows, "minst", "data set"); });
}

}  // namespace
}  // namespace dyt::core
