// SPDX-License-Identifier: Apache-2.0
// MAE's fine-tuning through the loop against PyTorch and timm: average pooling, the rate by the
// fractional epoch and by the layer. scripts/golden/fine_tuning_golden.py says what its files hold.
#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/models/model_config.h"
#include "dyt/train/loop.h"
#include "tests/support/fill.h"
#include "tests/support/golden_file.h"
#include "tests/support/temp_folder.h"

namespace dyt::train {
namespace {

using testing::GoldenFile;

constexpr int64_t kEpochs = 5, kBatch = 4;

models::ModelConfig small_vit(const std::string& norm) {
  return {.name = "vit",
          .family = models::VitModel{.sizes = {.image_size = 16,
                                               .patch_size = 4,
                                               .channels = 3,
                                               .num_classes = 5,
                                               .dim = 16,
                                               .depth = 2,
                                               .num_heads = 2,
                                               .norm = norm}}};
}

// Images of the fill in their order, without augmentation, so that PyTorch can see the same.
class FillTask final : public Task {
 public:
  FillTask(models::ModelConfig config, at::ScalarType type, at::Tensor labels)
      : config_(std::move(config)),
        model_(models::make_classifier(config_, type)),
        images_(testing::fill_values("x", {labels.numel(), 3, 16, 16}).to(type)),
        labels_(std::move(labels)) {
    testing::fill_module(*model_, 0.3);
  }

  torch::nn::Module& model() override { return *model_; }
  int64_t training_samples() const override { return labels_.numel(); }

  std::vector<int64_t> epoch_order(int64_t) const override {
    const at::Tensor order = torch::arange(training_samples());
    return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel()};
  }

  at::Tensor training_loss(StepPlace, std::span<const int64_t> samples) override {
    model_->train();
    const at::Tensor batch = torch::tensor(std::vector<int64_t>(samples.begin(), samples.end()));
    return at::cross_entropy_loss(model_->forward(images_.index({batch})), labels_.index({batch}),
                                  {}, at::Reduction::Mean, /*ignore_index=*/-100,
                                  /*label_smoothing=*/0.1);
  }

  int64_t layers_above(const std::string& parameter) const override {
    return models::layers_above(config_, parameter);
  }

  void calibrate(std::span<const int64_t>) override {}
  Evaluation evaluate() override { return {.correct = "1"}; }
  analysis::NonFiniteOrigin nonfinite_origin(StepPlace, std::span<const int64_t>) override {
    return {};
  }

 private:
  models::ModelConfig config_;
  std::shared_ptr<models::ImageClassifier> model_;
  at::Tensor images_, labels_;
};

struct FineTuningCase {
  std::string file, norm;
  at::ScalarType type;
  double tolerance;  // of each tensor's largest magnitude
};

class FineTuning : public ::testing::TestWithParam<FineTuningCase> {};

TEST_P(FineTuning, TenSteps) {
  const GoldenFile golden(GetParam().file);
  FillTask task(small_vit(GetParam().norm), GetParam().type, golden.stored("labels", at::kLong));
  EXPECT_EQ(task.model().named_parameters().keys(), golden.names());
  const testing::TempFolder path;
  RunFolder folder(path.path(), {.identity = "fine-tuning"}, false);
  std::vector<double> losses;
  const core::StopFlag stop;
  const TrainConfig train{.epochs = kEpochs, .batch_size = kBatch, .checkpoint_every = kEpochs};
  const optim::OptimConfig recipe{.lr = 2e-3,
                                  .lr_min = 1e-6,
                                  .schedule = "cosine_epoch",
                                  .warmup = 1.0 / kEpochs,
                                  .beta2 = 0.999,
                                  .weight_decay = 0.05,
                                  .layer_decay = 0.65};
  run_training({.task = task,
                .folder = folder,
                .train = train,
                .optim = recipe,
                .stop = stop,
                .on_progress = [&](const Progress& now) { losses.push_back(now.loss); }});
  golden.expect_close(torch::tensor(losses, at::kDouble), "losses", GetParam().tolerance);
  for (const auto& item : task.model().named_parameters()) {
    // Softmax does not feel a shift of the keys: their bias has a true gradient of zero, and AdamW
    // turns its rounding noise into steps of full size.
    const bool keys = item.key().ends_with("qkv.bias");
    golden.expect_close(item.value(), "after." + item.key(), GetParam().tolerance, keys ? 16 : 0,
                        keys ? 32 : 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mae, FineTuning,
    ::testing::Values(FineTuningCase{"fine_tuning_ln", "layer_norm", at::kDouble, 1e-9},
                      FineTuningCase{"fine_tuning_ln", "layer_norm", at::kFloat, 1e-4},
                      FineTuningCase{"fine_tuning_dyt", "dyt", at::kDouble, 1e-9},
                      FineTuningCase{"fine_tuning_dyt", "dyt", at::kFloat, 1e-4}),
    [](const auto& info) {
      return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

}  // namespace
}  // namespace dyt::train
