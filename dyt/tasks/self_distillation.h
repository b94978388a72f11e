// SPDX-License-Identifier: Apache-2.0
// Self-distillation (DINO): a student learns to say of small and large crops what its own moving
// average, the teacher, says of the large ones. The test loss is that of crops of some test
// images of every class, the same in every evaluation; the accuracy is what the nearest neighbours among the
// teacher's features of training images say. Images are RGB: grey ones are given three channels.
#pragma once

#include "dyt/models/dino.h"
#include "dyt/models/dino_loss.h"
#include "dyt/pixels/transforms.h"
#include "dyt/tasks/knn_evaluation.h"
#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

// Student, teacher and centre in one module, so that one checkpoint holds them all: student.*,
// teacher.*, loss.center. Only the student is trained.
class Distillation final : public torch::nn::Module {
 public:
  Distillation(const models::DinoConfig& config, const models::DinoLossOptions& loss);

  // The teacher becomes what the student is.
  void start_teacher() { models::become_teacher(*teacher, *student); }

  std::shared_ptr<models::DinoNetwork> student, teacher;
  std::shared_ptr<models::DinoLoss> loss;
};

class SelfDistillation final : public VisionTask {
 public:
  SelfDistillation(const RunConfig& config, data::ImageData data);

  torch::nn::Module& model() override { return *model_; }
  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override;
  void calibrate(std::span<const int64_t> samples) override;
  bool drops_gradients() const override { return config().dino.freeze_last_layer > 0; }
  void before_update(train::StepPlace place, optim::Optimizer& optimizer) override;
  void after_update(train::StepPlace place) override;
  train::Evaluation evaluate() override;
  std::string accuracy_name() const override { return kKnnAccuracy; }
  torch::nn::Module& inspected() override { return *model_->teacher; }
  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace place,
                                             std::span<const int64_t> samples) override;
  void fold() override { model_->teacher->backbone().fold(); }
  void run_test_batch(int64_t count) override;

 private:
  // What the teacher says of the global crops: (2 B, out_dim).
  at::Tensor teacher_outputs(const std::vector<at::Tensor>& crops) const;
  // The loss of the crops with its graph.
  at::Tensor loss_of(const std::vector<at::Tensor>& crops, const at::Tensor& teacher_outputs,
                     int64_t epoch) const;
  std::vector<at::Tensor> training_crops(train::StepPlace place, std::span<const int64_t> samples);
  void add_test_loss(train::Evaluation& result);  // and what the teacher's outputs tell
  train::Picture attention();                     // of the teacher
  at::Tensor features(const data::ImageSplit& split, int64_t begin, int64_t end);

  pixels::MultiCrop transform_;
  std::shared_ptr<Distillation> model_;
};

}  // namespace dyt::tasks
