// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/affine.h"
#include "dyt/pixels/blur.h"
#include "dyt/pixels/crop.h"
#include "dyt/pixels/enhance.h"
#include "dyt/pixels/rand_augment.h"
#include "dyt/pixels/transforms.h"
#include "tests/support/expect_error.h"

namespace dyt::pixels {
namespace {

using core::ErrorKind;
using dyt::testing::expect_error;

Image image_of(int64_t height, int64_t width, int64_t channels) {
  Image image{.height = height, .width = width, .channels = channels};
  core::RandomStream random(0, "image");
  for (int64_t i = 0; i < height * width * channels; ++i) {
    image.pixels.push_back(static_cast<uint8_t>(random.below(256)));
  }
  return image;
}

TEST(Misuse, IsAnErrorThatNamesSizes) {
  const Image image = image_of(4, 6, 3);
  expect_error(ErrorKind::kInternal, "0x3", [&] { resize(image, {3, 0}, Filter::kBox); });
  expect_error(ErrorKind::kInternal, "inside 6x4", [&] {
    resize(image, {3, 3}, Filter::kBox, Box{.left = 0, .top = 0, .right = 7, .bottom = 4});
  });
  expect_error(ErrorKind::kInternal, "inside 6x4", [&] {
    resize(image, {3, 3}, Filter::kNearest, Box{.left = 2, .top = 0, .right = 2, .bottom = 4});
  });
  expect_error(ErrorKind::kInternal, "5x4 at (2, 0)",
               [&] { crop(image, {.top = 0, .left = 2, .height = 4, .width = 5}); });
  expect_error(ErrorKind::kInternal, "not inside",
               [&] { crop(image, {.top = -1, .left = 0, .height = 2, .width = 2}); });
  expect_error(ErrorKind::kInternal, "lanczos", [&] {
    transform(image, {}, Filter::kLanczos, {0, 0, 0});
  });
  expect_error(ErrorKind::kInternal, "1000 pixels", [&] { gaussian_blur(image, 1001); });
  expect_error(ErrorKind::kInternal, "2 places",
               [&] { apply(MultiCrop(2), image, {}, std::vector<float*>{}); });
  expect_error(ErrorKind::kUsage, "bicubic", [] { filter_of_name("bicubik"); });
}

// No access outside an image, whatever its shape (worth most under the sanitizers).
TEST(Misuse, TinyAndThinImagesGoThroughEverything) {
  for (const auto& [height, width] :
       {std::pair{1, 1}, {1, 9}, {9, 1}, {2, 2}, {2, 7}, {3, 3}, {1, 70}}) {
    for (const int64_t channels : {1, 3}) {
      const Image image = image_of(height, width, channels);
      for (int op = 0; op < kAugmentOps; ++op) {
        for (const bool negated : {false, true}) {
          const auto which = static_cast<AugmentOp>(op);
          const AugmentStep step{.op = which, .argument = augment_argument(which, 9, negated)};
          EXPECT_EQ(apply_augment(image, step, {}).pixels.size(), image.pixels.size());
        }
      }
      for (const double radius : {0.0, 0.1, 2.0, 100.0, 1000.0}) {
        EXPECT_EQ(gaussian_blur(image, radius).pixels.size(), image.pixels.size());
      }
      EXPECT_EQ(adm_center_crop(image, 5).pixels.size(), static_cast<size_t>(25 * channels));
      std::vector<float> output(3 * 16 * 16);
      for (uint64_t sample = 0; sample < 20; ++sample) {
        const SampleKey key{.sample = sample};
        apply(supervised_train(16), image, key, output.data());
        apply(small_picture_train(16), image, key, output.data());
        apply(linear_probe_train(16), image, key, output.data());
        apply(dino_multi_crop({.global_size = 16, .local_size = 16, .local_crops = 0}), image, key,
              {output.data(), output.data()});
      }
      apply(supervised_eval(16), image, output.data());
    }
  }
}

}  // namespace
}  // namespace dyt::pixels
