// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/axis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dyt/report/internal/format.h"

namespace dyt::report {
namespace {

struct AxisCase {
  const char* reason;
  ScaleKind kind;
  double low, high;
};

const AxisCase kCases[] = {
    {"plain", ScaleKind::kLinear, 0, 1},
    {"across zero", ScaleKind::kLinear, -3.7, 0.4},
    {"one value only", ScaleKind::kLinear, 98.6, 98.6},
    {"tiny range far from zero", ScaleKind::kLinear, 98.61, 98.62},
    {"wide", ScaleKind::kLinear, 0, 123456},
    {"three decades", ScaleKind::kLog, 0.003, 2.3},
    {"within a decade", ScaleKind::kLog, 0.21, 0.34},
    {"from chance to good", ScaleKind::kAccuracy, 8, 99.4},
    {"perfect", ScaleKind::kAccuracy, 50, 100},
    {"low", ScaleKind::kAccuracy, 10, 30},
};

TEST(Axis, CoversTheRangeAndKeepsTicksApart) {
  for (const AxisCase& one : kCases) {
    SCOPED_TRACE(one.reason);
    const Scale scale{.kind = one.kind};
    const double pixels = 240;
    const Axis axis = make_axis(scale, one.low, one.high, pixels);
    EXPECT_LT(axis.low, axis.high);
    EXPECT_LE(axis.low, placed(scale, one.low));
    EXPECT_GE(axis.high, placed(scale, one.high));
    EXPECT_GE(axis.ticks.size(), 2u);
    std::vector<double> positions;
    for (const Tick& tick : axis.ticks) {
      positions.push_back(tick.position);
      EXPECT_GE(tick.position, axis.low);
      EXPECT_LE(tick.position, axis.high * (1 + 1e-9) + 1e-9);
      EXPECT_FALSE(tick.label.empty());
    }
    std::sort(positions.begin(), positions.end());
    for (size_t i = 1; i < positions.size(); ++i) {
      EXPECT_GE((positions[i] - positions[i - 1]) * pixels / (axis.high - axis.low), 18);
    }
  }
}

TEST(Axis, AccuracyStretchesTowardsHundred) {
  const Scale scale{.kind = ScaleKind::kAccuracy, .least_error = 0.1};
  EXPECT_DOUBLE_EQ(placed(scale, 99) - placed(scale, 90), 1.0);
  EXPECT_DOUBLE_EQ(placed(scale, 100), placed(scale, 99.9));
}

TEST(Axis, EpochsAreWholeNumbersFromOne) {
  for (const double last : {1.0, 2.0, 6.0, 20.0, 300.0}) {
    for (const Tick& tick : count_axis(1, last, 340).ticks) {
      EXPECT_EQ(tick.position, std::round(tick.position));
      EXPECT_GE(tick.position, 1);
    }
  }
}

TEST(Format, Numbers) {
  EXPECT_EQ(thousands_text(209738), "209,738");
  EXPECT_EQ(thousands_text(-1234567), "-1,234,567");
  EXPECT_EQ(thousands_text(12), "12");
  EXPECT_EQ(signed_text(-1.24), "−1.2");
  EXPECT_EQ(signed_text(0.36), "+0.4");
  EXPECT_EQ(signed_text(-0.04), "0.0");
  EXPECT_EQ(short_number(9.834), "9.83");
  EXPECT_EQ(short_number(0.1234), "0.12");
  EXPECT_EQ(short_number(1234.5), "1234");
  EXPECT_EQ(interval_text(std::nullopt), "–");
  EXPECT_EQ(plural(1, "seed"), "1 seed");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
}

TEST(Format, ShortenKeepsBothEndsAndWholeCharacters) {
  EXPECT_EQ(shorten("layer_norm", 10), "layer_norm");
  for (const auto& [name, shorter] :
       {std::pair("blocks.3.norm1", "3.norm1"), std::pair("backbone.blocks.3.norm1", "3.norm1"),
        std::pair("backbone.norm", "norm"), std::pair("decoder_blocks.0.norm2", "dec.0.norm2"),
        std::pair("stages.2.blocks.1.norm", "2.1.norm"),
        std::pair("stages.2.downsample.0", "2.down.0"),
        std::pair("layer1.0.bn1", "layer1.0.bn1")}) {
    EXPECT_EQ(short_layer_name(name), shorter);
  }
  EXPECT_EQ(shorten("dyt:alpha0=0.5:shift=true", 11), "dyt:a…=true");
  EXPECT_EQ(character_count(shorten("ααααααααα", 5)), 5u);
}

}  // namespace
}  // namespace dyt::report
