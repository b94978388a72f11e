// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/classify.h"

#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include "dyt/tasks/presets.h"

namespace dyt::tasks {
namespace {

Classify digits_task(const std::string& norm, int64_t seed = 0, double drop_path = 0) {
  RunConfig config;
  config.seed = seed;
  config.model.norm() = norm;
  config.model.vit().drop_path = drop_path;
  config.model.vit().depth = 2;
  config.data.test_limit = 50;
  data::ImageData data = data::open_data(config.data);
  fit_to_data(config, data);
  return Classify(config, std::move(data));
}

double first_loss(Classify& task) {
  const std::vector<int64_t> order = task.epoch_order(0);
  return task.training_loss({.epoch = 0, .step = 0}, std::span(order).first(32)).item<double>();
}

TEST(Classify, ALossDependsOnSeedAndPlaceOnly) {
  Classify first = digits_task("dyt", 0, 0.5), second = digits_task("dyt", 0, 0.5);
  const double loss = first_loss(first);
  first_loss(second);
  EXPECT_EQ(first_loss(second), loss) << "what was drawn before does not matter";
  Classify other = digits_task("dyt", 1, 0.5);
  EXPECT_NE(first_loss(other), loss);
}

TEST(Classify, SlotsOfOneSeedShareAllOtherWeights) {
  Classify norm = digits_task("layer_norm"), none = digits_task("none");
  const auto with = norm.model().named_parameters();
  for (const auto& item : none.model().named_parameters()) {
    ASSERT_TRUE(torch::equal(item.value(), with[item.key()])) << item.key();
  }
  EXPECT_EQ(norm.epoch_order(3), none.epoch_order(3));
}

TEST(Classify, CalibrationUsesTheBatchOfStepZero) {
  Classify task = digits_task("dyt:alpha0=auto");
  const std::vector<int64_t> order = task.epoch_order(0);
  task.calibrate(std::span(order).first(32));
  Classify again = digits_task("dyt:alpha0=auto");
  again.calibrate(std::span(order).first(32));
  const auto slots = task.evaluate().slots;
  const auto same = again.evaluate().slots;
  for (size_t i = 0; i < slots.size(); ++i) {
    EXPECT_GT(*slots[i].alpha, 0.05) << slots[i].name;
    EXPECT_LT(*slots[i].alpha, 20) << slots[i].name;
    EXPECT_EQ(slots[i].alpha, same[i].alpha) << slots[i].name;
    EXPECT_EQ(slots[i].input_std, same[i].input_std) << slots[i].name;
  }
}

class ClassifyFamily : public ::testing::TestWithParam<std::string> {};

// A step, an evaluation, every slot seen, folded and not.
TEST_P(ClassifyFamily, TrainsAndEvaluatesWithEverySlot) {
  for (const std::string slot :
       {"layer_norm", "batch_norm", "group_norm_per_token:groups=4", "dyt", "none"}) {
    auto config = resolve_config<RunConfig>(
        {.overrides = {"model=" + GetParam(), "data.test_limit=20", "model.norm=" + slot}});
    data::ImageData data = data::open_data(config.data);
    fit_to_data(config, data);
    Classify task(config, std::move(data));
    const std::vector<int64_t> order = task.epoch_order(0);
    const at::Tensor loss = task.training_loss({.epoch = 0, .step = 0}, std::span(order).first(8));
    EXPECT_TRUE(std::isfinite(loss.item<double>())) << slot;
    loss.backward();
    for (const auto& item : task.model().named_parameters()) {
      EXPECT_TRUE(item.value().grad().defined()) << slot << " " << item.key();
    }
    const train::Evaluation before = task.evaluate();
    EXPECT_EQ(before.correct.size(), 20u);
    EXPECT_GT(before.slots.size(), 1u) << slot;
    task.fold();
    EXPECT_NEAR(task.evaluate().loss, before.loss, 1e-4) << slot;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, ClassifyFamily,
                         ::testing::Values("vit", "convnext", "resnet", "vgg"),
                         [](const auto& info) { return info.param; });

TEST(Classify, EvaluationCountsEveryTestImage) {
  Classify task = digits_task("layer_norm");
  const train::Evaluation result = task.evaluate();
  ASSERT_EQ(result.correct.size(), 50u);
  const auto right = std::count(result.correct.begin(), result.correct.end(), '1');
  EXPECT_DOUBLE_EQ(result.accuracy, static_cast<double>(right) / 50);
  EXPECT_GT(result.loss, 0);
  ASSERT_EQ(result.slots.size(), 5u) << "two a block and the final one";
  EXPECT_FALSE(result.slots[0].alpha.has_value()) << "a norm has no alpha";
  EXPECT_GT(result.slots[0].input_std, 0);
  EXPECT_EQ(digits_task("dyt").evaluate().slots[4].alpha, 0.5);
}

TEST(Classify, SaysWhereNumbersStoppedBeingFinite) {
  Classify task = digits_task("none");
  const std::vector<int64_t> order = task.epoch_order(0);
  const auto batch = std::span(order).first(32);
  const at::NoGradGuard no_grad;
  auto parameters = task.model().named_parameters();
  parameters["blocks.0.mlp.fc2.weight"].fill_(3e38);
  analysis::NonFiniteOrigin origin = task.nonfinite_origin({}, batch);
  EXPECT_EQ(origin.layer, "blocks.1.norm1");
  EXPECT_NE(origin.words.find("between blocks.0.norm2 and blocks.1.norm1"), std::string::npos)
      << origin.words;
  parameters["blocks.1.attn.qkv.bias"].fill_(std::nan(""));
  origin = task.nonfinite_origin({}, batch);
  EXPECT_EQ(origin.layer, "blocks.1.attn.qkv.bias");
  EXPECT_NE(origin.words.find("in the last update: 1 of "), std::string::npos) << origin.words;
}

TEST(Classify, ANonFiniteHeadIsBehindTheLastSlot) {
  Classify task = digits_task("none");
  const std::vector<int64_t> order = task.epoch_order(0);
  const at::NoGradGuard no_grad;
  task.model().named_parameters()["head.weight"].fill_(3e38);
  const auto origin = task.nonfinite_origin({}, std::span(order).first(32));
  EXPECT_EQ(origin.layer, "");
  EXPECT_NE(origin.words.find("after the last norm slot"), std::string::npos) << origin.words;
}

}  // namespace
}  // namespace dyt::tasks
