// SPDX-License-Identifier: Apache-2.0
// What all classifiers have in common: logits in one step and in two.
#include "dyt/models/image_classifier.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/table.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

struct Family {
  std::string name;
  int64_t width;  // of what goes into the last matrix
};

class Classifiers : public ::testing::TestWithParam<Family> {};

TEST_P(Classifiers, LogitsAreTheLastMatrixOfWhatIsPooled) {
  ModelConfig config = find_model(GetParam().name);
  config.image_size() = 16;
  config.channels() = 3;
  config.num_classes() = 7;
  const auto model = make_classifier(config, at::kDouble);
  testing::fill_module(*model, 0.3);
  model->eval();
  const at::Tensor images = testing::fill_values("x", {5, 3, 16, 16});
  const at::Tensor pooled = model->pooled(images);
  EXPECT_EQ(pooled.sizes(), at::IntArrayRef({5, GetParam().width}));
  EXPECT_TRUE(at::equal(model->logits(pooled), model->forward(images)));
  EXPECT_EQ(model->forward(images).sizes(), at::IntArrayRef({5, 7}));
}

INSTANTIATE_TEST_SUITE_P(Vision, Classifiers,
                         ::testing::Values(Family{"vit", 64}, Family{"convnext", 128},
                                           Family{"resnet", 64}, Family{"vgg", 128}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace dyt::models
