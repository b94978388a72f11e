// SPDX-License-Identifier: Apache-2.0
// Diffusion (DiT) on the images themselves or, with config.diffusion.autoencoder, on their latents:
// the network learns to say what noise was added. The test loss is that of test images with noise
// and steps of their own, the same in every evaluation; the accuracy is the share of drawn pictures
// whose nearest neighbours among the training images, pixel by pixel, are of the class that was
// asked for. The noise of a sample is the same in every evaluation. With
// config.diffusion.classifier the distance of the drawn pictures from the test images by that
// classifier's features is measured too.
#pragma once

#include "dyt/models/diffusion_schedule.h"
#include "dyt/models/dit.h"
#include "dyt/tasks/latent_space.h"
#include "dyt/tasks/picture_network.h"
#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

class Diffusion final : public VisionTask {
 public:
  Diffusion(const RunConfig& config, data::ImageData data);

  torch::nn::Module& model() override { return *model_; }
  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override;
  void calibrate(std::span<const int64_t> samples) override;
  train::Evaluation evaluate() override;
  std::string accuracy_name() const override {
    return "drawn pictures whose nearest neighbours are of their class";
  }
  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace place,
                                             std::span<const int64_t> samples) override;
  // Between a slot and its reader stands the modulation by timestep and class.
  void fold() override {}
  void run_test_batch(int64_t count) override;

  // Pictures begin .. end - 1 of an evaluation, of the classes 0, 1, ... in turn: float (B, C, H,
  // W) in [-1, 1], on the CPU.
  at::Tensor drawn(int64_t begin, int64_t end);

 private:
  // The mean loss of images whose noise, step and hidden label come from the streams (seed, name,
  // indices of a row).
  struct Draws;
  at::Tensor loss_of(const at::Tensor& images, const at::Tensor& labels, const Draws& draws);
  double test_loss(const data::ImageSplit& split, int64_t begin, int64_t end);
  void open_classifier();
  // Drawn pictures, uint8 (N, C, H, W), by the classifier's features.
  train::Measure feature_distance(const at::Tensor& pictures);

  models::DiffusionSchedule schedule_, sampling_;
  std::optional<LatentSpace> latents_;
  std::vector<int64_t> shape_;  // of what is noised, without B
  std::shared_ptr<models::Dit> model_;
  std::optional<PictureNetwork> classifier_;
  at::Tensor real_features_;  // of the test images by the classifier; when first asked for
};

}  // namespace dyt::tasks
