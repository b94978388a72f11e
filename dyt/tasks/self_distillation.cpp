// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/self_distillation.h"

#include <cmath>

#include "dyt/data/sample_makers.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/random_layer.h"
#include "dyt/optim/average.h"
#include "dyt/optim/cosine.h"
#include "dyt/optim/gradients.h"
#include "dyt/tasks/attention_maps.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kShownToStudent = 8;
constexpr int64_t kDinoLossImages = 256;  // of the test images, for the test loss

models::DinoConfig dino_sizes_of(const RunConfig& config) {
  return std::get<models::DinoModel>(config.model.family).sizes;
}

models::DinoLossOptions loss_options(const RunConfig& config) {
  const DinoTaskConfig& dino = config.dino;
  return {
      .out_dim = dino_sizes_of(config).out_dim,
      .warmup_teacher_temperature = dino.warmup_teacher_temperature,
      .teacher_temperature = dino.teacher_temperature,
      .warmup_epochs = std::llround(dino.warmup_share * static_cast<double>(config.train.epochs))};
}

int64_t local_size(const RunConfig& config) {
  const models::DinoConfig sizes = dino_sizes_of(config);
  if (config.dino.local_size > 0) {
    return config.dino.local_size;
  }
  const int64_t patches = (sizes.image_size / 2 + sizes.patch_size - 1) / sizes.patch_size;
  return patches * sizes.patch_size;
}

// The released crops at this run's sizes, normalized as plain images are.
pixels::MultiCrop crops_config(const RunConfig& config, const data::ImageData& data) {
  pixels::MultiCrop crops = pixels::dino_multi_crop({.global_size = config.model.image_size(),
                                                     .local_size = local_size(config),
                                                     .local_crops = config.dino.local_crops,
                                                     .global_min_area = config.dino.global_min_area,
                                                     .local_min_area = config.dino.local_min_area,
                                                     .local_max_area = config.dino.local_max_area});
  for (pixels::CropTransform& crop : crops) {
    crop.normalization = data.normalization;
  }
  return crops;
}

}  // namespace

Distillation::Distillation(const models::DinoConfig& config, const models::DinoLossOptions& options)
    : student(register_module("student", std::make_shared<models::DinoNetwork>(config))),
      teacher(register_module("teacher", std::make_shared<models::DinoNetwork>(config.teacher()))),
      loss(register_module("loss", std::make_shared<models::DinoLoss>(options))) {}

SelfDistillation::SelfDistillation(const RunConfig& config, data::ImageData data)
    : VisionTask(config, std::move(data)),
      transform_(crops_config(config, this->data())),
      model_(std::make_shared<Distillation>(dino_sizes_of(config), loss_options(config))) {
  const auto& family = std::get<models::DinoModel>(config.model.family);
  models::initialize(*model_->student, seed(), family.init.linear_std);
  model_->start_teacher();
  model_->to(device());
}

at::Tensor SelfDistillation::teacher_outputs(const std::vector<at::Tensor>& crops) const {
  const at::NoGradGuard no_grad;
  return model_->teacher->forward({crops[0], crops[1]});
}

at::Tensor SelfDistillation::loss_of(const std::vector<at::Tensor>& crops,
                                     const at::Tensor& teacher_outputs, int64_t epoch) const {
  return model_->loss->forward(model_->student->forward(crops), teacher_outputs,
                               static_cast<int64_t>(crops.size()), epoch);
}

std::vector<at::Tensor> SelfDistillation::training_crops(train::StepPlace place,
                                                         std::span<const int64_t> samples) {
  model_->train();
  nn::set_random_place(*model_, seed(), place.step);
  return training_views(place, samples,
                        data::crops_maker(data(), data().train, transform_, seed(),
                                          static_cast<uint64_t>(place.epoch)));
}

at::Tensor SelfDistillation::training_loss(train::StepPlace place,
                                           std::span<const int64_t> samples) {
  const std::vector<at::Tensor> crops = training_crops(place, samples);
  const at::Tensor aims = teacher_outputs(crops);
  const at::Tensor loss = loss_of(crops, aims, place.epoch);
  model_->loss->update_center(aims.mean(0, /*keepdim=*/true));
  return loss;
}

void SelfDistillation::calibrate(std::span<const int64_t> samples) {
  nn::calibrate(*model_->student, [&] {
    model_->student->forward(training_crops({.epoch = 0, .step = 0}, samples));
  });
  model_->start_teacher();
}

void SelfDistillation::before_update(train::StepPlace place, optim::Optimizer& optimizer) {
  if (place.epoch < config().dino.freeze_last_layer) {
    optim::drop_gradients(optim::named_parameters(*model_), "last_layer");
  }
  optimizer.set_weight_decay(optim::cosine_at({.base = config().optim.weight_decay,
                                               .last = config().dino.weight_decay_end,
                                               .steps = place.steps},
                                              place.step));
}

void SelfDistillation::after_update(train::StepPlace place) {
  const double momentum = optim::cosine_at(
      {.base = config().dino.momentum, .last = 1, .steps = place.steps}, place.step);
  optim::move_average(optim::named_parameters(*model_->teacher),
                      optim::named_parameters(*model_->student), momentum);
}

void SelfDistillation::add_test_loss(train::Evaluation& result) {
  const at::NoGradGuard no_grad;
  const data::ImageSplit& part = test_part(kDinoLossImages);
  std::vector<at::Tensor> crops =
      data::made_batch(data::crops_maker(data(), part, transform_, seed(), /*epoch=*/0),
                       data::order_as_they_are(part.labels.numel()));
  for (at::Tensor& crop : crops) {
    crop = crop.to(device());
  }
  const int64_t last_epoch = config().train.epochs - 1;  // its temperature, in every evaluation
  const at::Tensor aims = teacher_outputs(crops);
  result.loss = loss_of(crops, aims, last_epoch).item<double>();
  result.measures.push_back({.name = "target_information",
                             .title = "what the targets tell of an image (0: collapsed, at most 1)",
                             .value = model_->loss->information(aims, last_epoch)});
}

at::Tensor SelfDistillation::features(const data::ImageSplit& split, int64_t begin, int64_t end) {
  return model_->teacher->backbone().forward(plain_images(split, begin, end));
}

train::Evaluation SelfDistillation::evaluate() {
  train::Evaluation result;
  model_->eval();
  add_test_loss(result);
  const KnnInput knn{.data = data(),
                     .config = config().knn,
                     .features = [this](const data::ImageSplit& split, int64_t begin, int64_t end) {
                       return features(split, begin, end);
                     }};
  at::Tensor test_features;
  {
    const analysis::SlotRecorder recorder(*model_->teacher);
    test_features = all_features(knn, data().test);
    result.slots = recorder.statistics();
  }
  add_knn_accuracy(knn, test_features, data().test.labels, result);
  result.pictures.push_back(attention());
  return result;
}

train::Picture SelfDistillation::attention() {
  const at::NoGradGuard no_grad;
  const data::ImageSplit& part = test_part(kShownToStudent);
  const at::Tensor images = plain_images(part, 0, part.labels.numel());
  return attention_picture(pixels_of(images), model_->teacher->backbone().last_attention(images),
                           Looker::kClassToken);
}

void SelfDistillation::run_test_batch(int64_t count) {
  const at::NoGradGuard no_grad;
  model_->eval();
  const data::ImageSplit& part = test_part(count);
  features(part, 0, part.labels.numel());
}

analysis::NonFiniteOrigin SelfDistillation::nonfinite_origin(train::StepPlace place,
                                                             std::span<const int64_t> samples) {
  return analysis::find_nonfinite(
      *model_->student, [&] { model_->student->forward(training_crops(place, samples)); });
}

}  // namespace dyt::tasks
