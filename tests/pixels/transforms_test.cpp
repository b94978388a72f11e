// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/transforms.h"

#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

const Image& picture() {
  static const Image image = Golden("crops").image("large");  // 83 x 66
  return image;
}

std::vector<float> normalized(const Image& image, const Normalization& normalization = {}) {
  std::vector<float> values(image.pixels.size());
  normalize(image, normalization, values.data());
  return values;
}

std::vector<float> applied(const TrainTransform& transform, const SampleKey& key) {
  std::vector<float> values(static_cast<size_t>(3 * transform.size * transform.size));
  apply(transform, picture(), key, values.data());
  return values;
}

// The stages by hand, from the same streams.
TEST(Transforms, SupervisedTrainIsItsStagesInOrder) {
  const TrainTransform transform = supervised_train(20);
  int augmented = 0;
  int erased = 0;
  for (uint64_t sample = 0; sample < 40; ++sample) {
    const SampleKey key{.seed = 5, .epoch = 2, .sample = sample};
    core::RandomStream random(5, "transform/crop", {2, sample});
    const Size size{.height = picture().height, .width = picture().width};
    Image view = resized_crop(picture(), draw_resized_crop({}, size, random), 20, Filter::kBicubic);
    if (core::RandomStream(5, "transform/flip", {2, sample}).uniform() < 0.5) {
      view = flip_horizontal(view);
    }
    core::RandomStream augment(5, "transform/augment", {2, sample});
    for (const AugmentStep& step : draw_rand_augment({}, augment)) {
      view = apply_augment(view, step, {});
      ++augmented;
    }
    EXPECT_EQ(training_view(transform, picture(), key).pixels, view.pixels);
    std::vector<float> values = normalized(view);
    core::RandomStream erasing(5, "transform/erase", {2, sample});
    const auto box = draw_erase({}, {.height = 20, .width = 20}, erasing);
    if (box) {
      erase(values.data(), 3, {.height = 20, .width = 20}, *box, erasing);
      ++erased;
    }
    EXPECT_EQ(applied(transform, key), values);
  }
  EXPECT_GT(augmented, 20);
  EXPECT_GT(erased, 2);
}

TEST(Transforms, AViewDependsOnItsKeyAlone) {
  const TrainTransform transform = mae_pretrain(12);
  const std::vector<float> view = applied(transform, {.seed = 1, .epoch = 2, .sample = 3});
  EXPECT_EQ(applied(transform, {.seed = 1, .epoch = 2, .sample = 3}), view);
  EXPECT_NE(applied(transform, {.seed = 2, .epoch = 2, .sample = 3}), view);
  EXPECT_NE(applied(transform, {.seed = 1, .epoch = 3, .sample = 3}), view);
  EXPECT_NE(applied(transform, {.seed = 1, .epoch = 2, .sample = 4}), view);
  EXPECT_NE(applied(transform, {.seed = 1, .epoch = 2, .sample = 3, .repeat = 1}), view);
}

TEST(Transforms, AStageMovesNoOther) {
  TrainTransform plain = supervised_train(12);
  plain.rand_augment.reset();
  plain.erase.reset();
  TrainTransform erasing = plain;
  erasing.erase = EraseConfig{.probability = 0};
  for (uint64_t sample = 0; sample < 8; ++sample) {
    EXPECT_EQ(applied(plain, {.sample = sample}), applied(erasing, {.sample = sample}));
    EXPECT_EQ(applied(plain, {.sample = sample}),
              normalized(training_view(plain, picture(), {.sample = sample})));
  }
}

TEST(Transforms, PaddedCropOfASmallPictureOnlyMovesIt) {
  TrainTransform transform = small_picture_train(32);
  transform.flip = 0;
  transform.rand_augment.reset();
  const Image small = resize(picture(), {.height = 32, .width = 32}, Filter::kBox);
  const Image framed = pad(small, {.left = 4, .top = 4, .right = 4, .bottom = 4});
  std::vector<int> places(9 * 9, 0);
  for (uint64_t sample = 0; sample < 1000; ++sample) {
    const Image view = training_view(transform, small, {.sample = sample});
    core::RandomStream random = stream_of({.sample = sample}, "crop");
    const Rectangle part =
        draw_corner({.height = 32, .width = 32}, {.height = 40, .width = 40}, random);
    EXPECT_EQ(view.pixels, crop(framed, part).pixels);
    ++places[static_cast<size_t>(part.top * 9 + part.left)];
  }
  EXPECT_EQ(places.size() - static_cast<size_t>(std::count(places.begin(), places.end(), 0)), 81u);
}

TEST(Transforms, EvaluationIsResizeCropNormalize) {
  const EvalTransform transform = supervised_eval(28);
  EXPECT_EQ(transform.resize, 32);
  const Image expected = center_crop(resize_shorter(picture(), 32, Filter::kBicubic), 28);
  std::vector<float> values(3 * 28 * 28);
  apply(transform, picture(), values.data());
  EXPECT_EQ(values, normalized(expected));
}

TEST(Transforms, EvaluationHasTimmsBits) {
  const Golden golden("values");
  golden.each("evaluation", 6, [&](const Parts& parts, const formats::TensorEntry& entry) {
    const auto transform = supervised_eval(std::stoll(parts.at(2)), std::stod(parts.at(3)));
    std::vector<float> values(static_cast<size_t>(3 * transform.size * transform.size));
    apply(transform, golden.image(parts.at(1)), values.data());
    EXPECT_EQ(values, values_of<float>(entry));
  });
}

TEST(Transforms, EvaluationsSizesAreThePapers) {
  EXPECT_EQ(supervised_eval(224).resize, 256);
  EXPECT_EQ(supervised_eval(224, 0.9).resize, 248);
  EXPECT_FALSE(supervised_eval(224).square);
  EXPECT_TRUE(supervised_eval(384).square);
  EXPECT_EQ(supervised_eval(448, 1).resize, 448);
  EXPECT_FALSE(supervised_eval(448, 1).square);
  EvalTransform square = supervised_eval(384);
  square.size = 19;
  EXPECT_EQ(evaluation_view(square, picture()).pixels,
            resize(picture(), {.height = 19, .width = 19}, Filter::kBicubic).pixels);
}

TEST(Transforms, CropsOfAnImageDifferAndRepeat) {
  const MultiCrop crops = dino_multi_crop({.global_size = 16, .local_size = 8, .local_crops = 2});
  const auto views = [&](uint64_t sample) {
    std::vector<std::vector<float>> values;
    std::vector<float*> places;
    for (const CropTransform& crop : crops) {
      values.emplace_back(static_cast<size_t>(3 * crop.size * crop.size));
    }
    for (auto& value : values) {
      places.push_back(value.data());
    }
    apply(crops, picture(), {.sample = sample}, places);
    return values;
  };
  const auto first = views(7);
  EXPECT_EQ(views(7), first);
  EXPECT_NE(views(8), first);
  EXPECT_NE(first[0], first[1]);
  EXPECT_NE(first[2], first[3]);
  EXPECT_EQ(first[3], normalized(crop_view(crops[3], picture(), {.sample = 7}, 3)));
}

TEST(Transforms, AdmIsCenterCropFlipAndHalf) {
  const AdmTransform transform{.size = 16};
  const Image middle = adm_center_crop(picture(), 16);
  const std::vector<float> straight = normalized(middle, kHalfNormalization);
  const std::vector<float> mirrored = normalized(flip_horizontal(middle), kHalfNormalization);
  int flipped = 0;
  for (uint64_t sample = 0; sample < 400; ++sample) {
    std::vector<float> values(3 * 16 * 16);
    apply(transform, picture(), {.sample = sample}, values.data());
    flipped += values == mirrored;
    EXPECT_TRUE(values == mirrored || values == straight);
  }
  EXPECT_NEAR(flipped, 200, 50);
}

}  // namespace
}  // namespace dyt::pixels
