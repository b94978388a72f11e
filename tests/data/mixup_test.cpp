// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/mixup.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "dyt/core/text.h"
#include "dyt/formats/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::data {
namespace {

// timm's results (scripts/golden/transforms_golden.py).
class GoldenMix {
 public:
  GoldenMix()
      : file_(formats::SafetensorsFile::read(std::filesystem::path(DYT_SOURCE_DIR) /
                                             "tests/data/golden/mixup.safetensors")) {}

  at::Tensor tensor(const std::string& name) const {
    const formats::TensorEntry* entry = file_.find(name);
    if (entry == nullptr) {
      throw std::runtime_error("no tensor " + name);
    }
    at::Tensor values =
        at::empty(entry->shape, entry->dtype == formats::DType::kI64 ? at::kLong : at::kFloat);
    std::memcpy(values.mutable_data_ptr(), entry->data.data(), entry->data.size());
    return values;
  }

 private:
  formats::SafetensorsFile file_;
};

void expect_timms(const GoldenMix& golden, const std::string& name, const Mix& mix) {
  SCOPED_TRACE(name);
  at::Tensor images = golden.tensor("images");
  apply_mix(images, mix);
  EXPECT_TRUE(images.equal(golden.tensor(name + "/images")));
  const at::Tensor targets = soft_targets(golden.tensor("targets"), 7, mix.lam, 0.1);
  EXPECT_TRUE(targets.equal(golden.tensor(name + "/targets")));
}

TEST(Mixup, HasTimmsBits) {
  const GoldenMix golden;
  const pixels::Size size{.height = 11, .width = 9};
  expect_timms(golden, "mixup/0.3", {.lam = 0.3});
  expect_timms(golden, "mixup/0.8125", {.lam = 0.8125});
  expect_timms(golden, "cutmix/0.3/2/8", cutmix_box(0.3, 2, 8, size));
  expect_timms(golden, "cutmix/0.75/5/4", cutmix_box(0.75, 5, 4, size));
  expect_timms(golden, "cutmix/0.999/0/0", cutmix_box(0.999, 0, 0, size));  // an empty box
}

// Section 2.3 of the specification.
TEST(Mixup, BoxOfTheWorkedExample) {
  const Mix mix = cutmix_box(0.3, 10, 200, {.height = 224, .width = 224});
  EXPECT_EQ(mix.box, (pixels::Rectangle{.top = 0, .left = 107, .height = 103, .width = 117}));
  EXPECT_NEAR(mix.lam, 0.759825415, 1e-9);
}

TEST(Mixup, TargetsOfTheWorkedExample) {
  const at::Tensor targets = soft_targets(at::tensor({int64_t{0}, int64_t{2}}), 4, 0.3, 0.1);
  const at::Tensor expected =
      at::tensor({0.295, 0.025, 0.655, 0.025, 0.655, 0.025, 0.295, 0.025}, at::kFloat).view({2, 4});
  EXPECT_TRUE(targets.allclose(expected, 0, 1e-7));
}

// Section 9.4: LibTorch's cross-entropy takes these targets and smooths labels by the same rule.
TEST(Mixup, LossesOfTheConformanceVectors) {
  const at::Tensor logits = dyt::testing::fill_values("logit", {2, 4});
  const at::Tensor labels = at::tensor({int64_t{0}, int64_t{2}});
  const at::Tensor targets = soft_targets(labels, 4, 0.3, 0.1).to(at::kDouble);
  EXPECT_NEAR(at::cross_entropy_loss(logits, targets).item<double>(), 1.3911112647, 2e-8);
  EXPECT_NEAR(
      at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, 0.1).item<double>(),
      1.7083752309, 1e-9);
}

TEST(Mixup, AnOddBatchIsAnErrorUnlessNothingIsMixed) {
  at::Tensor images = at::zeros({3, 1, 2, 2});
  EXPECT_NO_THROW(apply_mix(images, {}));
  dyt::testing::expect_error(core::ErrorKind::kUsage, "3 images",
                             [&] { apply_mix(images, {.lam = 0.5}); });
}

TEST(Mixup, BetaHasItsMeanAndVariance) {
  for (const auto& [a, b] : {std::pair{0.8, 0.8}, {1.0, 1.0}, {0.2, 0.2}, {3.0, 1.5}}) {
    core::RandomStream random(1, "beta");
    constexpr int kDraws = 20000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double value = draw_beta(a, b, random);
      ASSERT_GE(value, 0);
      ASSERT_LE(value, 1);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kDraws;
    const double variance = a * b / ((a + b) * (a + b) * (a + b + 1));
    EXPECT_NEAR(mean, a / (a + b), 5 * std::sqrt(variance / kDraws));
    EXPECT_NEAR(squares / kDraws - mean * mean, variance, 0.03 * variance);
  }
}

TEST(Mixup, DrawsHaveTheirProbabilities) {
  int cutmix = 0;
  for (uint64_t batch = 0; batch < 2000; ++batch) {
    core::RandomStream random(0, "mixup", {0, batch});
    const Mix mix = draw_mix({}, {.height = 32, .width = 48}, random);
    cutmix += mix.box.has_value();
    EXPECT_GE(mix.lam, 0);
    EXPECT_LE(mix.lam, 1);
    if (mix.box) {
      EXPECT_LE(mix.box->top + mix.box->height, 32);
      EXPECT_LE(mix.box->left + mix.box->width, 48);
    }
    core::RandomStream again(0, "mixup", {0, batch});
    EXPECT_EQ(draw_mix({}, {.height = 32, .width = 48}, again).lam, mix.lam);
  }
  EXPECT_NEAR(cutmix, 1000, 5 * 22.4);
}

TEST(Mixup, CanBeSwitchedOff) {
  for (uint64_t batch = 0; batch < 50; ++batch) {
    const auto draw = [batch](const MixConfig& config) {
      core::RandomStream random(0, "mixup", {0, batch});
      return draw_mix(config, {.height = 8, .width = 8}, random);
    };
    EXPECT_EQ(draw({.probability = 0}).lam, 1);
    EXPECT_EQ(draw({.mixup = 0, .cutmix = 0}).lam, 1);
    EXPECT_FALSE(draw({.cutmix = 0}).box.has_value());
    EXPECT_TRUE(draw({.mixup = 0}).box.has_value());
  }
}

}  // namespace
}  // namespace dyt::data
