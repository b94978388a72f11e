// SPDX-License-Identifier: Apache-2.0
#include "tests/data/batches.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <numeric>

#include "dyt/core/error.h"

namespace dyt::data {
namespace {

const AugmentConfig kNoAugment{.shift = 0, .rotate = 0, .scale = 0};

const ImageData& digits() {
  static const ImageData data = open_data({});
  return data;
}

at::Tensor normalized_by_libtorch(const at::Tensor& images, double scale) {
  return (images.to(at::kFloat) / scale - 0.5) / 0.5;
}

TEST(TestBatch, ByMeanAndDeviationOfImageNetsChannels) {
  const ImageData grey = open_data({.normalization = "imagenet"});
  const at::Tensor batch = plain_batch(grey, grey.test, 0, 3, /*channels=*/3);
  const at::Tensor share = grey.test.images.slice(0, 0, 3).to(at::kFloat) / 16;
  const std::vector<float> mean = {0.485f, 0.456f, 0.406f}, std = {0.229f, 0.224f, 0.225f};
  for (int64_t channel = 0; channel < 3; ++channel) {
    const auto n = static_cast<size_t>(channel);
    EXPECT_TRUE(at::allclose(batch.select(1, channel), (share.select(1, 0) - mean[n]) / std[n],
                             /*rtol=*/1e-6, /*atol=*/1e-6));
  }
  const std::vector<int64_t> samples = {0};
  EXPECT_TRUE(train_batch(grey, samples, {.augment = kNoAugment})
                  .equal(plain_batch(grey, grey.train, 0, 1)));
}

TEST(TestBatch, IsTheNormalizedImages) {
  const at::Tensor batch = test_batch(digits(), 10, 42);
  EXPECT_EQ(batch.sizes(), (std::vector<int64_t>{32, 1, 8, 8}));
  EXPECT_TRUE(batch.equal(normalized_by_libtorch(digits().test.images.slice(0, 10, 42), 16)));
  EXPECT_EQ(batch.min().item<float>(), -1.0f);
  EXPECT_EQ(batch.max().item<float>(), 1.0f);
  EXPECT_EQ(test_batch(digits(), 360, 360).size(0), 0);
}

TEST(TestBatch, ScaleOf255EqualsTheUsualTransform) {
  ImageData data{.image_size = 16, .channels = 1, .scale = 255};
  data.test.images = at::arange(256, at::kByte).view({1, 1, 16, 16});
  data.test.labels = at::zeros({1}, at::kLong);
  EXPECT_TRUE(test_batch(data, 0, 1).equal(normalized_by_libtorch(data.test.images, 255)));
}

TEST(TrainBatch, WithoutAugmentationIsExact) {
  const std::vector<int64_t> samples = {3, 1436, 0, 3};
  const at::Tensor batch = train_batch(digits(), samples, {.augment = kNoAugment, .seed = 5});
  const at::Tensor images = digits().train.images.index_select(0, torch::tensor(samples));
  EXPECT_TRUE(batch.equal(normalized_by_libtorch(images, 16)));
}

TEST(TrainBatch, AnImageDependsOnSeedEpochAndSampleAlone) {
  const BatchSpec spec{.seed = 1, .epoch = 2};
  const std::vector<int64_t> together = {7, 8, 9};
  const std::vector<int64_t> alone = {9};
  const at::Tensor batch = train_batch(digits(), together, spec);
  EXPECT_TRUE(batch[2].equal(train_batch(digits(), alone, spec)[0]));
  EXPECT_FALSE(batch[2].equal(train_batch(digits(), alone, {.seed = 2, .epoch = 2})[0]));
  EXPECT_FALSE(batch[2].equal(train_batch(digits(), alone, {.seed = 1, .epoch = 3})[0]));
}

TEST(TrainBatch, ChannelsMoveTogether) {
  ImageData data{.image_size = 6, .channels = 3, .scale = 255};
  const at::Tensor plane = at::arange(36, at::kByte).view({1, 1, 6, 6});
  data.train.images = plane.expand({1, 3, 6, 6}).contiguous();
  data.train.labels = at::zeros({1}, at::kLong);
  const std::vector<int64_t> samples = {0};
  const at::Tensor batch = train_batch(data, samples, {});
  EXPECT_TRUE(batch[0][0].equal(batch[0][1]));
  EXPECT_TRUE(batch[0][0].equal(batch[0][2]));
}

TEST(TrainBatch, ValuesStayInRange) {
  std::vector<int64_t> samples(1437);
  std::iota(samples.begin(), samples.end(), 0);
  const at::Tensor batch = train_batch(digits(), samples, {});
  EXPECT_GE(batch.min().item<float>(), -1.0f);
  EXPECT_LE(batch.max().item<float>(), 1.0f);
}

TEST(Batches, NumbersOutOfRangeAreOurMistake) {
  const std::vector<int64_t> beyond = {1437};
  EXPECT_THROW(train_batch(digits(), beyond, {}), core::Error);
  const std::vector<int64_t> negative = {-1};
  EXPECT_THROW(train_batch(digits(), negative, {}), core::Error);
  EXPECT_THROW(test_batch(digits(), 300, 361), core::Error);
}

}  // namespace
}  // namespace dyt::data
