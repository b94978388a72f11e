// Supervised image classification: a network, cross-entropy, accuracy on the test images.
#pragma once

#include <memory>

#include "dyt/data/dataset.h"
#include "dyt/models/image_classifier.h"
#include "dyt/tasks/run_config.h"
#include "dyt/train/task.h"

namespace dyt::tasks {

class Classify final : public train::Task {
 public:
  // `config` must be fitted to the data. Builds the model, initializes it from config.seed, on the
  // CPU so that every device starts from the same weights, and moves it to config.device.
  Classify(const RunConfig& config, data::ImageData data);

  torch::nn::Module& model() override { return *model_; }
  int64_t training_samples() const override;
  std::vector<int64_t> epoch_order(int64_t epoch) const override;
  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override;
  void calibrate(std::span<const int64_t> samples) override;
  train::Evaluation evaluate() override;
  int64_t layers_above(const std::string& parameter) const override {
    return models::layers_above(config_.model, parameter);
  }
  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace place,
                                             std::span<const int64_t> samples) override;
  int64_t test_samples() const;
  void fold() { model_->fold(); }  // for inference
  // One batch of at most `count` test images through the network, in evaluation mode.
  void run_test_batch(int64_t count);

 private:
  // Logits of a training batch, with the augmentation and random streams of that place.
  at::Tensor training_logits(train::StepPlace place, std::span<const int64_t> samples);
  // Test images begin .. end - 1 -> logits (B, num_classes) on the CPU, in evaluation mode, without
  // gradient.
  at::Tensor test_logits(int64_t begin, int64_t end);
  // Calls visit(logits (B, num_classes), labels (B)) for every batch of the test images, in order.
  void for_each_test_batch(const std::function<void(const at::Tensor&, const at::Tensor&)>& visit);

  RunConfig config_;
  at::Device device_;
  data::ImageData data_;
  std::shared_ptr<models::ImageClassifier> model_;
};

}  // namespace dyt::tasks
