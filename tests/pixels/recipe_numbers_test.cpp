// SPDX-License-Identifier: Apache-2.0
// The numbers of the published recipes: as written in the configurations, and as often as they
// come.
#include <array>
#include <cmath>

#include "dyt/pixels/transforms.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

constexpr size_t kCropKinds = 3;  // the first global crop, the second, a local one

struct Stage {
  const char* name;
  double CropTransform::*probability;
  std::array<double, kCropKinds> published;
};

constexpr std::array<Stage, 5> kStages = {{
    {"flip", &CropTransform::flip, {0.5, 0.5, 0.5}},
    {"jitter", &CropTransform::jitter_probability, {0.8, 0.8, 0.8}},
    {"grey", &CropTransform::grey_probability, {0.2, 0.2, 0.2}},
    {"blur", &CropTransform::blur_probability, {1, 0.1, 0.5}},
    {"solarize", &CropTransform::solarize_probability, {0, 0.2, 0}},
}};

void expect_imagenets(const Normalization& normalization) {
  EXPECT_EQ(normalization.mean, (std::array<float, 3>{0.485f, 0.456f, 0.406f}));
  EXPECT_EQ(normalization.std, (std::array<float, 3>{0.229f, 0.224f, 0.225f}));
}

// What augment.policy=resized_crop and data.interpolation=bilinear make of it.
TrainTransform dino_linear() { return {.filter = Filter::kBilinear}; }

void expect_range(const CropRange& range, double min_area, double max_area) {
  EXPECT_EQ(range.min_area, min_area);
  EXPECT_EQ(range.max_area, max_area);
  EXPECT_EQ(range.min_ratio, 3.0 / 4);
  EXPECT_EQ(range.max_ratio, 4.0 / 3);
}

TEST(RecipeNumbers, CropsOfDinoAreTheReleases) {
  const MultiCrop crops = dino_multi_crop();
  ASSERT_EQ(crops.size(), 12u);
  for (size_t number = 0; number < crops.size(); ++number) {
    SCOPED_TRACE(number);
    const CropTransform& crop = crops[number];
    const bool is_global = number < 2;
    EXPECT_EQ(crop.size, is_global ? 224 : 96);
    expect_range(crop.range, is_global ? 0.25 : 0.05, is_global ? 1 : 0.25);
    for (const Stage& stage : kStages) {
      EXPECT_EQ(crop.*stage.probability, stage.published.at(is_global ? number : 2)) << stage.name;
    }
    EXPECT_EQ(crop.jitter.brightness, 0.4);
    EXPECT_EQ(crop.jitter.contrast, 0.4);
    EXPECT_EQ(crop.jitter.saturation, 0.2);
    EXPECT_EQ(crop.jitter.hue, 0.1);
    EXPECT_EQ(crop.min_blur, 0.1);
    EXPECT_EQ(crop.max_blur, 2.0);
    EXPECT_EQ(crop.solarize_threshold, 128);
    EXPECT_EQ(crop.filter, Filter::kBicubic);
    expect_imagenets(crop.normalization);
  }
}

// Of so many views, each with this stage alone, how many it changed.
int changed_views(const CropTransform& crop, const Stage& stage, uint64_t views) {
  static const Image picture = Golden("crops").image("large");
  CropTransform still = crop;
  for (const Stage& other : kStages) {
    still.*other.probability = 0;
  }
  CropTransform moved = still;
  moved.*stage.probability = crop.*stage.probability;
  moved.min_blur = 1;            // a smaller one may change nothing
  moved.solarize_threshold = 0;  // a dark view would have nothing above 128
  int changed = 0;
  for (uint64_t sample = 0; sample < views; ++sample) {
    const SampleKey key{.seed = 9, .sample = sample};
    changed += crop_view(moved, picture, key, 0).pixels != crop_view(still, picture, key, 0).pixels;
  }
  return changed;
}

TEST(RecipeNumbers, StagesOfDinoHappenAsOftenAsTheyShould) {
  constexpr uint64_t kViews = 1000;
  const MultiCrop crops = dino_multi_crop({.global_size = 6, .local_size = 6, .local_crops = 1});
  for (size_t number = 0; number < kCropKinds; ++number) {
    for (const Stage& stage : kStages) {
      const double share = stage.published.at(number);
      const double deviation = std::sqrt(kViews * share * (1 - share));
      EXPECT_NEAR(changed_views(crops[number], stage, kViews), kViews * share, 5 * deviation)
          << stage.name << " of crop " << number;
    }
  }
}

TEST(RecipeNumbers, SupervisedIsTimms) {
  for (const TrainTransform& transform : {supervised_train(), small_picture_train()}) {
    expect_range(transform.range, 0.08, 1);
    EXPECT_EQ(transform.padding, 4);
    EXPECT_EQ(transform.filter, Filter::kBicubic);
    EXPECT_EQ(transform.flip, 0.5);
    expect_imagenets(transform.normalization);
    const RandAugmentConfig augment = transform.rand_augment.value();
    EXPECT_EQ(augment.layers, 2);
    EXPECT_EQ(augment.probability, 0.5);
    EXPECT_EQ(augment.magnitude, 9);
    EXPECT_EQ(augment.deviation, 0.5);
    EXPECT_EQ(augment.filter, Filter::kBicubic);
    EXPECT_EQ(augment.fill, (Colour{124, 116, 104}));
    const EraseConfig erase = transform.erase.value();
    EXPECT_EQ(erase.probability, 0.25);
    EXPECT_EQ(erase.min_area, 0.02);
    EXPECT_EQ(erase.max_area, 1.0 / 3);
    EXPECT_EQ(erase.min_ratio, 0.3);
    EXPECT_EQ(erase.max_ratio, 1 / 0.3);
  }
  EXPECT_EQ(supervised_train().size, 224);
  EXPECT_EQ(supervised_train().crop, CropKind::kResized);
  EXPECT_EQ(small_picture_train().size, 32);
  EXPECT_EQ(small_picture_train().crop, CropKind::kPadded);
}

TEST(RecipeNumbers, CropsAndFlipsAreThePapers) {
  for (const TrainTransform& transform : {mae_pretrain(), linear_probe_train(), dino_linear()}) {
    EXPECT_EQ(transform.size, 224);
    EXPECT_EQ(transform.flip, 0.5);
    EXPECT_FALSE(transform.rand_augment.has_value());
    EXPECT_FALSE(transform.erase.has_value());
    expect_imagenets(transform.normalization);
  }
  expect_range(mae_pretrain().range, 0.2, 1);
  expect_range(linear_probe_train().range, 0.08, 1);
  expect_range(dino_linear().range, 0.08, 1);
  EXPECT_EQ(mae_pretrain().filter, Filter::kBicubic);
  EXPECT_EQ(linear_probe_train().filter, Filter::kBicubic);
  EXPECT_EQ(dino_linear().filter, Filter::kBilinear);
  EXPECT_EQ(mae_pretrain().crop, CropKind::kResized);
  EXPECT_EQ(linear_probe_train().crop, CropKind::kOneShot);
  EXPECT_EQ(dino_linear().crop, CropKind::kResized);
}

// Of supervised training, each stage alone.
TEST(RecipeNumbers, SupervisedFlipsHalfAndErasesAQuarter) {
  constexpr uint64_t kViews = 2000;
  const Image picture = Golden("crops").image("large");
  TrainTransform transform = supervised_train(12);
  transform.rand_augment.reset();
  TrainTransform still = transform;
  still.flip = 0;
  int flipped = 0;
  int erased = 0;
  for (uint64_t sample = 0; sample < kViews; ++sample) {
    const SampleKey key{.seed = 9, .sample = sample};
    const Image view = training_view(transform, picture, key);
    flipped += view.pixels != training_view(still, picture, key).pixels;
    std::vector<float> values(3 * 12 * 12);
    std::vector<float> untouched = values;
    apply(transform, picture, key, values.data());
    normalize(view, transform.normalization, untouched.data());
    erased += values != untouched;
  }
  EXPECT_NEAR(flipped, kViews * 0.5, 5 * std::sqrt(kViews * 0.25));
  EXPECT_NEAR(erased, kViews * 0.25, 5 * std::sqrt(kViews * 0.25 * 0.75));
}

}  // namespace
}  // namespace dyt::pixels
