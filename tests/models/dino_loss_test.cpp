// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dino_loss.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;

constexpr int64_t B = 3, K = 7;

TEST(DinoLoss, CrossEntropyOfEveryPairOfDifferentViews) {
  constexpr int64_t crops = 5;
  const at::Tensor student = fill_values("student", {crops * B, K}),
                   teacher = fill_values("teacher", {2 * B, K}),
                   center = fill_values("center", {1, K});
  double sum = 0;
  for (int64_t a = 0; a < 2; ++a) {
    for (int64_t v = 0; v < crops; ++v) {
      for (int64_t image = 0; image < B && v != a; ++image) {
        const at::Tensor target = ((teacher[a * B + image] - center[0]) / 0.05).softmax(0);
        sum += at::cross_entropy_loss(student[v * B + image] / 0.1, target).item<double>();
      }
    }
  }
  const double found = dino_loss(student, teacher, center, crops, 0.1, 0.05).item<double>();
  EXPECT_NEAR(found, sum / B / (2 * crops - 2), 1e-12);
}

TEST(DinoLoss, NoGradientReachesTheTeacher) {
  const at::Tensor student = fill_values("student", {2 * B, K}).requires_grad_(),
                   teacher = fill_values("teacher", {2 * B, K}).requires_grad_();
  const DinoLoss loss({.out_dim = K}, at::kDouble);
  loss.forward(student, teacher, 2, 0).backward();
  EXPECT_TRUE(student.grad().defined());
  EXPECT_FALSE(teacher.grad().defined());
}

TEST(DinoLoss, TheCentreFollowsTheTeacher) {
  DinoLoss loss({.out_dim = K}, at::kDouble);
  const at::Tensor mean = fill_values("mean", {1, K});
  loss.update_center(mean);
  EXPECT_TRUE(at::allclose(loss.center(), 0.1 * mean, 1e-14));
  loss.update_center(2 * mean);
  EXPECT_TRUE(at::allclose(loss.center(), 0.29 * mean, 1e-14));
  EXPECT_TRUE(loss.named_buffers().contains("center"));
  EXPECT_TRUE(loss.parameters().empty());
}

TEST(DinoLoss, TheTemperatureRisesByEpochs) {
  const DinoLossOptions options{
      .warmup_teacher_temperature = 0.04, .teacher_temperature = 0.07, .warmup_epochs = 3};
  const double expected[] = {0.04, 0.055, 0.07, 0.07, 0.07};
  for (int64_t epoch = 0; epoch < 5; ++epoch) {
    EXPECT_DOUBLE_EQ(teacher_temperature(options, epoch), expected[epoch]);
  }
  EXPECT_DOUBLE_EQ(
      teacher_temperature(
          {.warmup_teacher_temperature = 0.04, .teacher_temperature = 0.07, .warmup_epochs = 50},
          49),
      0.07);
  EXPECT_EQ(teacher_temperature({.warmup_teacher_temperature = 0.03, .warmup_epochs = 1}, 0), 0.03);
  EXPECT_EQ(teacher_temperature({.teacher_temperature = 0.06}, 0), 0.06);
}

TEST(DinoLoss, RowsOfOtherImagesAreRefused) {
  const DinoLoss loss({.out_dim = K}, at::kDouble);
  const at::Tensor teacher = torch::zeros({2 * B, K}, at::kDouble);
  for (const int64_t rows : {2 * B, 4 * B - 1, 5 * B}) {
    expect_error(core::ErrorKind::kUsage, "not of the same images", [&] {
      loss.forward(torch::zeros({rows, K}, at::kDouble), teacher, 4, 0);
    });
  }
  expect_error(core::ErrorKind::kUsage, "crops at least 2", [&] {
    loss.forward(torch::zeros({B, K}, at::kDouble), teacher, 1, 0);
  });
}

}  // namespace
}  // namespace dyt::models
