// SPDX-License-Identifier: Apache-2.0
// DINO's loss, the centre that keeps the teacher from one answer, and the teacher's temperature
// (arXiv 2104.14294; release of April 2023).
//
//   DinoLoss loss({.out_dim = 65536});                       // its buffer: center (1, K)
//   at::Tensor value = loss.forward(student, teacher, /*crops=*/12, epoch);
//   value.backward();
//   loss.update_center(teacher.mean(0, true));               // of the raw outputs of all processes
//
// The loss sees the centre as it was before: update_center comes after it.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>

namespace dyt::models {

struct DinoLossOptions {
  int64_t out_dim = 65536;
  double student_temperature = 0.1;
  double warmup_teacher_temperature = 0.04;  // of epoch 0
  double teacher_temperature = 0.04;
  int64_t warmup_epochs = 0;  // from the one to the other
  double center_momentum = 0.9;
};

// Of that epoch, from 0: linspace(warmup_teacher_temperature, teacher_temperature, warmup_epochs),
// both ends in it; after it teacher_temperature.
double teacher_temperature(const DinoLossOptions& options, int64_t epoch);

// Cross-entropy between views. student (crops * B, K), teacher (2 B, K), in the order of the crops,
// the first two global; center (1, K). With t = softmax((teacher - center) / teacher_temperature)
// and s = log_softmax(student / student_temperature): the mean over B of -sum_k t_a s_v, averaged
// over the pairs of a global view a and any other view v: (). No gradient reaches the teacher.
// Error(kUsage) on rows that are no crops of two or more.
at::Tensor dino_loss(const at::Tensor& student, const at::Tensor& teacher, const at::Tensor& center,
                     int64_t crops, double student_temperature, double teacher_temperature);

// How much the targets t, rows of them, tell of the image they are of: the entropy of their mean
// less the mean of their entropies, as a share of ln K. 0: all images get the same target, be it
// uniform or one answer; the network has collapsed and its loss does not say so. At most 1.
double target_information(const at::Tensor& teacher, const at::Tensor& center,
                          double teacher_temperature);

class DinoLoss final : public torch::nn::Module {
 public:
  explicit DinoLoss(const DinoLossOptions& loss, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& student, const at::Tensor& teacher, int64_t crops,
                     int64_t epoch) const;

  // target_information() of these outputs (rows, K) at that epoch's temperature.
  double information(const at::Tensor& teacher, int64_t epoch) const;

  // center <- m center + (1 - m) batch_mean, batch_mean (1, K) the mean of the teacher's raw
  // outputs over all rows of the step.
  void update_center(const at::Tensor& batch_mean);

  const at::Tensor& center() const { return center_; }

 private:
  DinoLossOptions loss_;
  at::Tensor center_;
};

}  // namespace dyt::models
