// SPDX-License-Identifier: Apache-2.0
// What is drawn: ranges, probabilities, and that it is the same every time.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "dyt/pixels/color_jitter.h"
#include "dyt/pixels/rand_augment.h"
#include "dyt/pixels/random_crop.h"

namespace dyt::pixels {
namespace {

constexpr uint64_t kDraws = 4000;
constexpr Size kImage{.height = 300, .width = 400};

core::RandomStream stream(uint64_t draw) { return {11, "draws", {0, draw}}; }

void expect_inside(const Rectangle& part, const Size& image) {
  EXPECT_GE(part.top, 0);
  EXPECT_GE(part.left, 0);
  EXPECT_GE(part.height, 1);
  EXPECT_GE(part.width, 1);
  EXPECT_LE(part.top + part.height, image.height);
  EXPECT_LE(part.left + part.width, image.width);
}

TEST(Draws, ResizedCropKeepsToItsRange) {
  const CropRange range{.min_area = 0.2, .max_area = 0.5};
  double mean_share = 0;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const Rectangle part = draw_resized_crop(range, kImage, random);
    expect_inside(part, kImage);
    const double share = static_cast<double>(part.height * part.width) / (300 * 400);
    const double ratio = static_cast<double>(part.width) / static_cast<double>(part.height);
    EXPECT_GT(share, 0.2 * 0.99);
    EXPECT_LT(share, 0.5 * 1.01);
    EXPECT_GT(ratio, 0.75 * 0.99);
    EXPECT_LT(ratio, 4.0 / 3 * 1.01);
    mean_share += share / kDraws;
  }
  EXPECT_NEAR(mean_share, 0.35, 0.007);  // five standard deviations
}

TEST(Draws, ResizedCropOfAStripIsTheFallback) {
  const Size strip{.height = 4, .width = 400};
  core::RandomStream random = stream(0);
  EXPECT_EQ(draw_resized_crop({.min_area = 0.5}, strip, random), fallback_crop({}, strip));
}

TEST(Draws, ResizedCropOfOnePixelIsThePixel) {
  for (uint64_t draw = 0; draw < 100; ++draw) {
    core::RandomStream random = stream(draw);
    EXPECT_EQ(draw_resized_crop({}, {.height = 1, .width = 1}, random),
              (Rectangle{.height = 1, .width = 1}));
  }
}

TEST(Draws, OneShotCropIsCutDownToTheImage) {
  const Size strip{.height = 10, .width = 400};
  std::set<int64_t> heights;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const Rectangle part = draw_one_shot_crop({}, strip, random);
    expect_inside(part, strip);
    heights.insert(part.height);
  }
  EXPECT_EQ(heights, std::set<int64_t>{10});  // at least sqrt(0.08 * 4000 * 3/4) = 15 otherwise
}

TEST(Draws, CornersReachBothEnds) {
  std::map<std::pair<int64_t, int64_t>, int> corners;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const Rectangle part =
        draw_corner({.height = 3, .width = 5}, {.height = 4, .width = 6}, random);
    ++corners[{part.top, part.left}];
  }
  ASSERT_EQ(corners.size(), 4u);
  for (const auto& [corner, count] : corners) {
    EXPECT_NEAR(count, 1000, 5 * 27.4);
  }
}

TEST(Draws, RandAugmentAppliesHalfOfTwoOperations) {
  const RandAugmentConfig config;
  std::map<AugmentOp, int> counts;
  int applied = 0;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const auto steps = draw_rand_augment(config, random);
    EXPECT_LE(steps.size(), 2u);
    for (const AugmentStep& step : steps) {
      ++applied;
      ++counts[step.op];
      if (step.op == AugmentOp::kRotate) {
        EXPECT_GT(std::abs(step.argument), 3 * (9 - 3.0));  // six deviations of 0.5
        EXPECT_LE(std::abs(step.argument), 30);
      }
    }
  }
  EXPECT_NEAR(applied, 4000, 5 * std::sqrt(2000.0));
  ASSERT_EQ(counts.size(), 15u);
  for (const auto& [op, count] : counts) {
    EXPECT_NEAR(count, 4000.0 / 15, 5 * std::sqrt(4000.0 / 15)) << augment_name(op);
  }
}

TEST(Draws, RandAugmentsMagnitudesAreNormalAndSignsFair) {
  RandAugmentConfig config{.layers = 1, .probability = 1, .magnitude = 5};
  double sum = 0;
  double squares = 0;
  int rotations = 0;
  int negated = 0;
  for (uint64_t draw = 0; draw < 10 * kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const auto steps = draw_rand_augment(config, random);
    ASSERT_EQ(steps.size(), 1u);
    if (steps[0].op == AugmentOp::kRotate) {
      const double magnitude = std::abs(steps[0].argument) / 3;
      sum += magnitude;
      squares += (magnitude - 5) * (magnitude - 5);
      negated += steps[0].argument < 0;
      ++rotations;
    }
  }
  EXPECT_NEAR(sum / rotations, 5, 5 * 0.5 / std::sqrt(rotations));
  EXPECT_NEAR(std::sqrt(squares / rotations), 0.5, 5 * 0.5 / std::sqrt(2.0 * rotations));
  EXPECT_NEAR(negated, rotations / 2.0, 5 * std::sqrt(rotations / 4.0));
}

TEST(Draws, ColorJitterKeepsToItsRange) {
  std::map<std::array<int, 4>, int> orders;
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    core::RandomStream random = stream(draw);
    const ColorJitter jitter = draw_color_jitter({}, random);
    EXPECT_NEAR(jitter.brightness.value(), 1, 0.4);
    EXPECT_NEAR(jitter.contrast.value(), 1, 0.4);
    EXPECT_NEAR(jitter.saturation.value(), 1, 0.2);
    EXPECT_NEAR(jitter.hue.value(), 0, 0.1);
    ++orders[jitter.order];
  }
  EXPECT_EQ(orders.size(), 24u);
  core::RandomStream random = stream(0);
  const ColorJitter part = draw_color_jitter({.contrast = 0, .hue = 0}, random);
  EXPECT_FALSE(part.contrast.has_value());
  EXPECT_FALSE(part.hue.has_value());
  EXPECT_TRUE(part.brightness.has_value());
}

}  // namespace
}  // namespace dyt::pixels
