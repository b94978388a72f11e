// SPDX-License-Identifier: Apache-2.0
// Masked autoencoding (MAE): three quarters of an image's patches are hidden and predicted. The
// test loss is that of the test images under masks of their own, the same in every evaluation; the
// accuracy is what the nearest neighbours among the encoder's features of training images say.
#pragma once

#include "dyt/models/mae.h"
#include "dyt/tasks/knn_evaluation.h"
#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

class MaskedImages final : public VisionTask {
 public:
  MaskedImages(const RunConfig& config, data::ImageData data);

  torch::nn::Module& model() override { return *model_; }
  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override;
  void calibrate(std::span<const int64_t> samples) override;
  train::Evaluation evaluate() override;
  std::string accuracy_name() const override { return kKnnAccuracy; }
  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace place,
                                             std::span<const int64_t> samples) override;
  // The accuracy reads features behind the encoder's last slot, which folding would take apart.
  void fold() override {}
  void run_test_batch(int64_t count) override;

 private:
  models::MaeOutput training_output(train::StepPlace place, std::span<const int64_t> samples);
  models::MaeOutput output_of(const data::ImageSplit& split, int64_t begin, int64_t end);
  // Some test images: as they are, as the encoder sees them, as they are painted.
  train::Picture reconstructions();
  // All patches through the encoder, the mean of their tokens: (B, C, H, W) -> (B, D).
  at::Tensor features(const at::Tensor& images);

  std::shared_ptr<models::MaskedAutoencoder> model_;
};

}  // namespace dyt::tasks
