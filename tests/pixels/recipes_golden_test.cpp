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

}  // namespace
}  // namespace dyt::pixels
