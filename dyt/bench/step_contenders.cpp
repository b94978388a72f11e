// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_contenders.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/models/table.h"
#include "dyt/nn/drop_path.h"

namespace dyt::bench {
namespace {

constexpr int64_t kSmallImage = 32;  // of models that leave the size to the data

}  // namespace

StepCase step_case(const StepBenchConfig& config, const std::string& model, const std::string& pass,
                   const at::Device& device) {
  StepCase wanted{.model = models::find_model(model),
                  .pass = pass,
                  .dtype = config.dtype,
                  .batch_size = config.batch_size,
                  .device = device};
  if (!wanted.model.is_classifier()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "a training step of classifiers is measured",
                       .where = "models",
                       .expected = "models that class images",
                       .found = model});
  }
  int64_t& image_size = wanted.model.image_size();
  const int64_t own = image_size == 0 ? kSmallImage : image_size;
  image_size = config.image_size == 0 ? own : config.image_size;
  wanted.model.channels() = wanted.model.channels() == 0 ? 3 : wanted.model.channels();
  wanted.model.num_classes() = config.num_classes;
  wanted.model.validate();
  return wanted;
}

StepContender::StepContender(const StepCase& wanted, const std::string& slot)
    : training_(wanted.pass == "training") {
  models::ModelConfig config = wanted.model;
  config.norm() = slot;
  model_ = models::make_classifier(config);
  models::initialize(*model_, config, /*seed=*/0);
  torch::manual_seed(0);
  images_ = torch::randn(
      {wanted.batch_size, config.channels(), config.image_size(), config.image_size()});
  labels_ = torch::randint(config.num_classes(), {wanted.batch_size}, at::kLong);
  nn::calibrate(*model_, [this] { model_->forward(images_); });
  const at::ScalarType type = wanted.dtype == "bfloat16" ? at::kBFloat16 : at::kFloat;
  model_->to(wanted.device, type);
  images_ = images_.to(wanted.device, type);
  labels_ = labels_.to(wanted.device);
  model_->train(training_);
  nn::set_random_place(*model_, /*seed=*/0, /*step=*/0);
  if (wanted.pass == "folded") {
    model_->fold();
  }
  if (training_) {
    optimizer_ =
        std::make_unique<optim::AdamW>(optim::named_parameters(*model_), optim::OptimConfig());
  }
}

void StepContender::run() {
  OpClock clock;
  training_ ? train() : infer();
  parts_.push_back(clock.taken());
}

void StepContender::train() {
  const at::Tensor loss = at::cross_entropy_loss(model_->forward(images_), labels_);
  loss.backward();
  optimizer_->step(kStepLearningRate);
  optimizer_->zero_grad();
}

void StepContender::infer() {
  const at::NoGradGuard no_grad;
  model_->forward(images_);
}

}  // namespace dyt::bench
