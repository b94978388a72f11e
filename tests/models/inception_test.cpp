// SPDX-License-Identifier: Apache-2.0
// The Inception network of FID against printed values: outputs for a deterministic fill, the resize
// rule, counts, names.
#include "dyt/models/inception.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/vit.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::expect_error;
using testing::fill_values;

constexpr double kHalfAUnit = 6e-11;  // of the last printed digit

at::Tensor value_of(const std::string& name, at::IntArrayRef shape) {
  const at::Tensor h = fill_values(name, shape);
  if (name.ends_with("running_var")) {
    return 1 + 0.5 * h;
  }
  if (name.ends_with("running_mean") || name.ends_with("bias")) {
    return 0.1 * h;
  }
  if (h.dim() == 1) {
    return 1 + 0.2 * h;
  }
  return std::sqrt(6 / static_cast<double>(h[0].numel())) * h;
}

std::shared_ptr<Inception> filled_inception() {
  auto model = std::make_shared<Inception>(at::kDouble);
  const auto fill = [](const auto& items) {
    for (const auto& item : items) {
      if (!item.key().ends_with("num_batches_tracked")) {
        item.value().detach().copy_(value_of(item.key(), item.value().sizes()));
      }
    }
  };
  fill(model->named_parameters());
  fill(model->named_buffers());
  return model;
}

at::Tensor pictures() {
  const at::Tensor h = fill_values("img", {2, 3, 8, 8});
  return ((h + 1) * 128).floor().clamp_max(255).to(at::kByte);
}

TEST(Inception, ResizeIsTf1s) {
  const at::Tensor images = pictures();
  const int first[] = {30, 134, 236, 186};
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(images.flatten()[i].item<int>(), first[i]);
  }
  const at::Tensor resized = resize_tf1(images.to(at::kDouble), 299);
  ASSERT_EQ(resized.sizes(), at::IntArrayRef({2, 3, 299, 299}));
  const std::pair<int, double> columns[] = {
      {0, 222.3444799}, {1, 219.2368638}, {100, 194.5033810}, {297, 79.6120443}};
  for (const auto& [column, printed] : columns) {
    EXPECT_NEAR(resized[0][0][100][column].item<double>(), printed, 5e-8) << column;
  }
  EXPECT_TRUE(at::equal(resize_tf1(resized, 299), resized)) << "the same size: nothing to do";
}

TEST(Inception, ResizeByHand) {
  const at::Tensor ramp = torch::tensor({0.0, 4.0, 8.0}).reshape({1, 1, 1, 3}).expand({1, 1, 3, 3});
  const at::Tensor larger = resize_tf1(ramp, 6);
  const at::Tensor expected = torch::tensor({0.0, 2.0, 4.0, 6.0, 8.0, 8.0});
  EXPECT_TRUE(at::allclose(larger[0][0][5], expected.to(larger.scalar_type()), 0, 1e-6));
  EXPECT_TRUE(at::equal(resize_tf1(larger, 3), ramp)) << "every second pixel";
}

// The printed numbers were rounded to float32 after a computation in float64.
TEST(Inception, PrintedFeatures) {
  const at::NoGradGuard no_grad;
  const auto model = filled_inception();
  const InceptionFeatures features = model->forward(pictures());
  ASSERT_EQ(features.pooled.sizes(), at::IntArrayRef({2, 2048}));
  ASSERT_EQ(features.spatial.sizes(), at::IntArrayRef({2, 2023}));
  const auto expect_printed = [](const at::Tensor& value, double printed) {
    EXPECT_NEAR(value.item<float>(), printed, kHalfAUnit);
  };
  EXPECT_NEAR(features.pooled.to(at::kFloat).to(at::kDouble).sum().item<double>(), 3318.7079367,
              5e-8);
  const double first[] = {0, 1.5603324175, 0.8446131945, 2.3630855083};
  for (int i = 0; i < 4; ++i) {
    expect_printed(features.pooled[0][i], first[i]);
  }
  expect_printed(features.pooled[1][-1], 0.0384225175);
  const at::Tensor logits = model->logits(features.pooled);
  ASSERT_EQ(logits.sizes(), at::IntArrayRef({2, 1008}));
  expect_printed(logits[0][0], 4.2417111397);
  expect_printed(logits[0][1], 2.2789616585);
  // The list prints 1.4895314114, which is no float32 number as all others are: a slip in one
  // digit.
  expect_printed(logits[1][-1], 1.4895414114);
}

TEST(Inception, SpatialFeaturesAreTheFirstChannelsOfMixed6dPixelByPixel) {
  const at::NoGradGuard no_grad;
  const auto model = filled_inception();
  const at::Tensor before = model->forward(pictures()).spatial;
  EXPECT_GE(before.min().item<double>(), 0) << "after the ReLU";
  EXPECT_GT(before.max().item<double>(), 0);
  // A higher bias of channel 2 raises every seventh feature from the third on, and no other.
  model->named_parameters()["Mixed_6d.branch1x1.bn.bias"][2].fill_(100);
  const at::Tensor raised = (model->forward(pictures()).spatial - before).reshape({2, 289, 7}) > 50;
  EXPECT_TRUE(raised.select(2, 2).all().item<bool>());
  EXPECT_EQ(raised.sum().item<int64_t>(), 2 * 289);
}

TEST(Inception, CountsAndNames) {
  const Inception model(at::kMeta);
  EXPECT_EQ(parameter_count(model), 23850960);
  const auto parameters = model.named_parameters();
  const auto buffers = model.named_buffers();
  int64_t units = 0;
  for (const auto& item : parameters) {
    units += item.key().ends_with(".conv.weight") ? 1 : 0;
  }
  EXPECT_EQ(units, 94);
  EXPECT_EQ(buffers.size(), 3U * 94U);
  for (const char* name :
       {"Conv2d_1a_3x3.conv.weight", "Mixed_5b.branch3x3dbl_3.bn.weight",
        "Mixed_6a.branch3x3.conv.weight", "Mixed_6e.branch7x7dbl_5.bn.bias",
        "Mixed_7a.branch7x7x3_4.conv.weight", "Mixed_7c.branch3x3_2a.conv.weight",
        "Mixed_7c.branch3x3dbl_3b.bn.weight", "Mixed_7c.branch_pool.conv.weight", "fc.bias"}) {
    EXPECT_TRUE(parameters.contains(name)) << name;
  }
  EXPECT_TRUE(buffers.contains("Mixed_6d.branch1x1.bn.num_batches_tracked"));
  EXPECT_EQ(parameters["Mixed_6b.branch7x7_2.conv.weight"].sizes(),
            at::IntArrayRef({128, 128, 1, 7}));
  EXPECT_EQ(parameters["fc.weight"].sizes(), at::IntArrayRef({1008, 2048}));
}

TEST(Inception, GreyPicturesAreRefused) {
  const Inception model(at::kMeta);
  expect_error(core::ErrorKind::kUsage, "RGB", [&] { model.forward(torch::zeros({1, 1, 8, 8})); });
}

}  // namespace
}  // namespace dyt::models
