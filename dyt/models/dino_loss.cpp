// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dino_loss.h"

#include <ATen/ops/xlogy.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <sstream>

#include "dyt/core/error.h"

namespace dyt::models {
namespace {

constexpr int64_t kGlobalCrops = 2;

void check_rows(const at::Tensor& student, const at::Tensor& teacher, int64_t crops) {
  const bool fits = crops >= kGlobalCrops && student.dim() == 2 && teacher.dim() == 2 &&
                    teacher.size(0) > 0 && teacher.size(0) % kGlobalCrops == 0 &&
                    student.size(0) == teacher.size(0) / kGlobalCrops * crops &&
                    student.size(1) == teacher.size(1);
  if (fits) {
    return;
  }
  std::ostringstream found;
  found << student.sizes() << " and " << teacher.sizes() << " of " << crops << " crops";
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = "outputs of student and teacher that are not of the same images",
                     .expected = "(crops * B, K) and (2 * B, K), crops at least 2",
                     .found = found.str()});
}

at::Tensor targets_of(const at::Tensor& teacher, const at::Tensor& center, double temperature) {
  return ((teacher.detach() - center) / temperature).softmax(-1);
}

// Of the distributions in the rows, in nats.
at::Tensor entropy(const at::Tensor& distributions) {
  return -at::xlogy(distributions, distributions).sum(-1);
}

}  // namespace

double teacher_temperature(const DinoLossOptions& options, int64_t epoch) {
  if (epoch >= options.warmup_epochs) {
    return options.teacher_temperature;
  }
  if (options.warmup_epochs == 1) {
    return options.warmup_teacher_temperature;
  }
  const double way = static_cast<double>(epoch) / static_cast<double>(options.warmup_epochs - 1);
  return options.warmup_teacher_temperature +
         way * (options.teacher_temperature - options.warmup_teacher_temperature);
}

at::Tensor dino_loss(const at::Tensor& student, const at::Tensor& teacher, const at::Tensor& center,
                     int64_t crops, double student_temperature, double teacher_temperature) {
  check_rows(student, teacher, crops);
  const int64_t B = teacher.size(0) / kGlobalCrops, K = teacher.size(1);
  const at::Tensor targets =
      targets_of(teacher, center, teacher_temperature).view({kGlobalCrops, B, K});
  const at::Tensor views = (student / student_temperature).log_softmax(-1).view({crops, B, K});
  // Each target meets every view but its own: their sum, so that K is passed over twice and not
  // once a pair.
  const at::Tensor others = views.sum(0) - views.slice(0, 0, kGlobalCrops);  // (2, B, K)
  return -(targets * others).sum(-1).mean() / static_cast<double>(crops - 1);
}

double target_information(const at::Tensor& teacher, const at::Tensor& center,
                          double teacher_temperature) {
  const at::Tensor targets =
      targets_of(teacher, center, teacher_temperature).to(at::kDouble);  // (rows, K)
  const at::Tensor nats = entropy(targets.mean(0)) - entropy(targets).mean();
  return nats.item<double>() / std::log(static_cast<double>(teacher.size(1)));
}

DinoLoss::DinoLoss(const DinoLossOptions& loss, const at::TensorOptions& options)
    : loss_(loss), center_(register_buffer("center", at::zeros({1, loss.out_dim}, options))) {}

at::Tensor DinoLoss::forward(const at::Tensor& student, const at::Tensor& teacher, int64_t crops,
                             int64_t epoch) const {
  return dino_loss(student, teacher, center_, crops, loss_.student_temperature,
                   teacher_temperature(loss_, epoch));
}

double DinoLoss::information(const at::Tensor& teacher, int64_t epoch) const {
  return target_information(teacher, center_, teacher_temperature(loss_, epoch));
}

void DinoLoss::update_center(const at::Tensor& batch_mean) {
  const at::NoGradGuard no_grad;
  center_.mul_(loss_.center_momentum).add_(batch_mean, 1 - loss_.center_momentum);
}

}  // namespace dyt::models
