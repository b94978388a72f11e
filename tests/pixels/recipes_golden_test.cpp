// SPDX-License-Identifier: Apache-2.0
// Whole recipes against torchvision and timm, draws included: scripts/golden/recipes_golden.py has
// upstream's transforms draw from the streams of these keys.
#include "dyt/pixels/transforms.h"
#include "tests/pixels/golden.h"

namespace dyt::pixels {
namespace {

// <recipe>/<image>/<sample>/<repeat>
SampleKey key_of(const Parts& parts) {
  return {.seed = 3,
          .epoch = 2,
          .sample = std::stoull(parts.at(2)),
          .repeat = std::stoull(parts.at(3))};
}

TEST(Recipes, MultiCropHasTheBitsOfItsStagesInTorchvision) {
  const Golden golden("multi_crop");
  const MultiCrop crops = dino_multi_crop({.global_size = 12, .local_size = 7, .local_crops = 2});
  golden.each("multi_crop", 40, [&](const Parts& parts, const formats::TensorEntry& entry) {
    std::vector<std::vector<float>> values;
    std::vector<float*> places;
    for (const CropTransform& crop : crops) {
      values.emplace_back(static_cast<size_t>(3 * crop.size * crop.size));
      places.push_back(values.back().data());
    }
    apply(crops, golden.image(parts.at(1)), key_of(parts), places);
    EXPECT_EQ(values.at(std::stoul(parts.at(4))), values_of<float>(entry));
  });
}

// Every value of every result; `tolerance` is for the erased ones.
void expect_views(const Golden& golden, const std::string& recipe, int count,
                  const TrainTransform& transform, float tolerance = 0) {
  golden.each(recipe, count, [&](const Parts& parts, const formats::TensorEntry& entry) {
    std::vector<float> values(static_cast<size_t>(3 * transform.size * transform.size));
    apply(transform, golden.image(parts.at(1)), key_of(parts), values.data());
    const auto expected = values_of<float>(entry);
    ASSERT_EQ(values.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(values[i], expected[i], tolerance) << i;
    }
  });
}

// Far below one level of 256, which is 0.017: only the mathematical functions of two libraries may
// differ, in the normal numbers of an erased box.
constexpr float kOfNormalNumbers = 1e-6f;

TEST(Recipes, SupervisedTrainingHasTimmsBits) {
  const Golden golden("supervised");
  expect_views(golden, "supervised", 17, supervised_train(13), kOfNormalNumbers);
  expect_views(golden, "small_picture", 3, small_picture_train(13), kOfNormalNumbers);
}

TEST(Recipes, CropsAndFlipsHaveTorchvisionsBits) {
  const Golden golden("crop_recipes");
  expect_views(golden, "mae_pretrain", 4, mae_pretrain(13));
  expect_views(golden, "dino_linear", 5, {.size = 13, .filter = Filter::kBilinear});
  // MAE's rule, restated on torchvision.
  expect_views(golden, "linear_probe", 4, linear_probe_train(13));
  TrainTransform padded = small_picture_train(13);
  padded.rand_augment.reset();
  padded.erase.reset();
  expect_views(golden, "padded", 4, padded);
}

}  // namespace
}  // namespace dyt::pixels
