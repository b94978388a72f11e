// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/sample_makers.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/data/streamed_split.h"
#include "tests/data/data_test_util.h"
#include "tests/support/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

// 12 images of several sizes, grey and coloured, in 3 classes.
class SampleMakersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 12; ++i) {
      const fs::path place = folder_ / ("class-" + std::to_string(i % 3));
      fs::create_directories(place);
      const auto picture = dyt::testing::stripes(30 + i, 44 - i, i % 4 == 0 ? 1 : 3, i);
      core::write_file_atomic(place / (std::to_string(i) + ".png"),
                              dyt::testing::png_bytes(picture));
    }
    index_ = std::make_shared<const ImageIndex>(ImageIndex::open(folder_.path()));
  }

  // As a run sees them that streams the folder.
  ImageData images(int64_t size) const {
    const ImageSplit split = streamed_split(index_, index_->class_names());
    return {.train = split,
            .test = split,
            .image_size = size,
            .channels = 3,
            .scale = 255,
            .normalization = pixels::Normalization(),
            .crop_ratio = 0.875};
  }

  std::vector<ImageBatch> batches(const SampleMaker& maker, int workers) const {
    Prefetcher prefetcher(shuffled_order(3, 1, index_->size()), maker.views, maker.make,
                          {.batch_size = 5, .workers = workers});
    std::vector<ImageBatch> all;
    while (auto batch = prefetcher.next()) {
      all.push_back(std::move(*batch));
    }
    return all;
  }

  dyt::testing::TempFolder folder_;
  std::shared_ptr<const ImageIndex> index_;
};

TEST_F(SampleMakersTest, TrainingBatchesAreTheTransformsAndRepeat) {
  const pixels::TrainTransform transform = pixels::supervised_train(16);
  const ImageData data = images(16);
  const SampleMaker maker = training_maker(data, {.policy = "supervised"}, 3, 1);
  const auto expected = batches(maker, 0);
  ASSERT_EQ(expected.size(), 3u);
  for (const ImageBatch& batch : expected) {
    for (size_t i = 0; i < batch.samples.size(); ++i) {
      const int64_t sample = batch.samples[i].sample;
      at::Tensor view = at::empty({3, 16, 16});
      pixels::apply(transform, formats::read_image(index_->path(sample)),
                    {.seed = 3, .epoch = 1, .sample = static_cast<uint64_t>(sample)},
                    view.mutable_data_ptr<float>());
      EXPECT_TRUE(batch.views[0][static_cast<int64_t>(i)].equal(view));
      EXPECT_EQ(batch.labels[static_cast<int64_t>(i)].item<int64_t>(), index_->label(sample));
    }
  }
  for (const int workers : {1, 2, 4}) {
    const auto found = batches(maker, workers);
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_TRUE(found[i].views[0].equal(expected[i].views[0]));
    }
  }
}

TEST_F(SampleMakersTest, EveryRecipeGivesItsViews) {
  const ImageData data = images(20), small = images(8);
  EXPECT_EQ(batches(streamed_maker(data, data.test), 2)[0].views[0].sizes(),
            (std::vector<int64_t>{5, 3, 20, 20}));
  ImageData half = small;
  half.normalization = pixels::kHalfNormalization;
  const auto batch = batches(training_maker(half, {.policy = "center_crop"}, 0, 0), 2)[2];
  EXPECT_EQ(batch.views[0].sizes(), (std::vector<int64_t>{2, 3, 8, 8}));
  EXPECT_LE(batch.views[0].abs().max().item<float>(), 1.0f);
  const auto crops =
      pixels::dino_multi_crop({.global_size = 12, .local_size = 6, .local_crops = 3});
  const auto views = batches(crops_maker(data, data.train, crops, 0, 0), 2)[0].views;
  ASSERT_EQ(views.size(), 5u);
  EXPECT_EQ(views[1].sizes(), (std::vector<int64_t>{5, 3, 12, 12}));
  EXPECT_EQ(views[4].sizes(), (std::vector<int64_t>{5, 3, 6, 6}));
}

TEST_F(SampleMakersTest, TheFilterIsThatOfTheData) {
  ImageData data = images(16);
  const auto first = [&](const SampleMaker& maker) {
    at::Tensor view = at::empty({3, 16, 16});
    float* const place = view.mutable_data_ptr<float>();
    maker.make({.sample = 0}, std::span(&place, 1));
    return view;
  };
  const AugmentConfig augment{.policy = "resized_crop"};
  const at::Tensor training = first(training_maker(data, augment, 3, 1));
  const at::Tensor test = first(streamed_maker(data, data.test));
  data.filter = pixels::Filter::kBilinear;
  EXPECT_FALSE(first(training_maker(data, augment, 3, 1)).equal(training));
  EXPECT_FALSE(first(streamed_maker(data, data.test)).equal(test));
  at::Tensor view = at::empty({3, 16, 16});
  const pixels::TrainTransform linear{.size = 16, .filter = pixels::Filter::kBilinear};
  pixels::apply(linear, formats::read_image(index_->path(0)), {.seed = 3, .epoch = 1, .sample = 0},
                view.mutable_data_ptr<float>());
  EXPECT_TRUE(first(training_maker(data, augment, 3, 1)).equal(view));
}

TEST_F(SampleMakersTest, RepeatsOfASampleDiffer) {
  const ImageData data = images(10);
  const SampleMaker maker = training_maker(data, {.policy = "resized_crop", .min_area = 0.2}, 0, 0);
  Prefetcher prefetcher(repeated_order(0, 0, 12, {.repeats = 3, .round = 0}), maker.views,
                        maker.make, {.batch_size = 3});
  const auto batch = prefetcher.next();
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(batch->samples[0].sample, batch->samples[2].sample);
  EXPECT_FALSE(batch->views[0][0].equal(batch->views[0][1]));
  EXPECT_FALSE(batch->views[0][1].equal(batch->views[0][2]));
}

TEST_F(SampleMakersTest, AnUnreadableImageIsNamed) {
  const fs::path broken = index_->path(7);
  core::write_file_atomic(broken, core::read_file(broken).substr(0, 60));
  const ImageData data = images(8);
  dyt::testing::expect_error(core::ErrorKind::kData, broken.string(),
                             [&] { batches(streamed_maker(data, data.test), 4); });
}

}  // namespace
}  // namespace dyt::data
