// SPDX-License-Identifier: Apache-2.0
// Supervised image classification: a network, cross-entropy, accuracy on the test images.
#pragma once

#include "dyt/models/vit.h"
#include "dyt/tasks/start_report.h"
#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

class Classify final : public VisionTask {
 public:
  Classify(const RunConfig& config, data::ImageData data);

  torch::nn::Module& model() override { return *model_; }
  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override;
  void calibrate(std::span<const int64_t> samples) override;
  train::Evaluation evaluate() override;
  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace place,
                                             std::span<const int64_t> samples) override;
  void fold() override { model_->fold(); }
  const StartReport* start_report() const override { return &start_; }
  void run_test_batch(int64_t count) override {
    const data::ImageSplit& part = test_part(count);
    logits_of(part, 0, part.labels.numel());
  }

 private:
  // A training batch, with the augmentation and random streams of that place.
  struct Batch {
    at::Tensor images;
    data::Mix mix;
  };
  Batch training_batch(train::StepPlace place, std::span<const int64_t> samples);
  at::Tensor training_logits(train::StepPlace place, const at::Tensor& images);
  // Test images begin .. end - 1 -> logits (B, num_classes) on the CPU, in evaluation mode, without
  // gradient.
  at::Tensor logits_of(const data::ImageSplit& split, int64_t begin, int64_t end);
  train::Evaluation test_results();  // all but the pictures
  train::Picture attention(models::VisionTransformer& vit);

  std::shared_ptr<models::ImageClassifier> model_;
  StartReport start_;
};

}  // namespace dyt::tasks
