// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/classify.h"

#include <torch/nn/functional/loss.h>

#include "dyt/nn/norm.h"
#include "dyt/nn/random_layer.h"
#include "dyt/tasks/attention_maps.h"
#include "dyt/tasks/pretrained.h"
#include "dyt/tasks/top_five.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kShownToClassifier = 8;

at::Tensor labels_of(const data::ImageSplit& split, std::span<const int64_t> samples) {
  const at::Tensor index = torch::tensor(at::IntArrayRef(samples.data(), samples.size()));
  return split.labels.index_select(0, index);
}

// At random weights.
std::shared_ptr<models::ImageClassifier> started_network(const RunConfig& config) {
  const auto seed = static_cast<uint64_t>(config.seed);
  if (config.start.probe == "none") {
    auto network = models::make_classifier(config.model);
    models::initialize(*network, config.model, seed);
    return network;
  }
  const auto& vit = std::get<models::VitModel>(config.model.family);
  auto network =
      std::make_shared<models::ProbeClassifier>(vit.sizes, probe_kind(config.start.probe));
  models::initialize(*network, vit.init.linear_std, seed);
  return network;
}

}  // namespace

Classify::Classify(const RunConfig& config, data::ImageData data)
    : VisionTask(config, std::move(data)), model_(started_network(config)) {
  start_ = load_start(*model_, config);
  model_->to(device());
}

Classify::Batch Classify::training_batch(train::StepPlace place, std::span<const int64_t> samples) {
  Batch batch{.images = training_images(place, samples), .mix = {}};
  core::RandomStream random(seed(), "mix", {static_cast<uint64_t>(place.step)});
  batch.mix = data::draw_mix(
      config().mix, {.height = batch.images.size(2), .width = batch.images.size(3)}, random);
  data::apply_mix(batch.images, batch.mix);
  return batch;
}

at::Tensor Classify::training_logits(train::StepPlace place, const at::Tensor& images) {
  model_->train();
  nn::set_random_place(*model_, seed(), place.step);
  return model_->forward(images);
}

at::Tensor Classify::training_loss(train::StepPlace place, std::span<const int64_t> samples) {
  const Batch batch = training_batch(place, samples);
  const at::Tensor logits = training_logits(place, batch.images);  // (B, num_classes)
  const at::Tensor labels = labels_of(data().train, samples).to(device());
  const double smoothing = config().train.label_smoothing;
  if (batch.mix.lam == 1) {
    return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean,
                                  /*ignore_index=*/-100, smoothing);
  }
  return at::cross_entropy_loss(
      logits, data::soft_targets(labels, data().num_classes, batch.mix.lam, smoothing));
}

void Classify::calibrate(std::span<const int64_t> samples) {
  const train::StepPlace first{.epoch = 0, .step = 0};
  nn::calibrate(*model_, [&] { training_logits(first, training_batch(first, samples).images); });
  load_start(*model_, config());  // what a pre-training has learned is not measured anew
}

at::Tensor Classify::logits_of(const data::ImageSplit& split, int64_t begin, int64_t end) {
  const at::NoGradGuard no_grad;
  model_->eval();
  return model_->forward(plain_images(split, begin, end)).cpu();
}

train::Evaluation Classify::evaluate() {
  train::Evaluation result = test_results();
  if (auto* vit = dynamic_cast<models::VisionTransformer*>(model_.get())) {
    result.pictures.push_back(attention(*vit));
  }
  return result;
}

train::Evaluation Classify::test_results() {
  train::Evaluation result;
  TopFive top_five(data().num_classes);
  const analysis::SlotRecorder recorder(*model_);
  for_each_batch(test_samples(), [&](int64_t begin, int64_t end) {
    const at::Tensor logits = logits_of(data().test, begin, end);
    const at::Tensor labels = data().test.labels.slice(0, begin, end);
    result.loss += at::cross_entropy_loss(logits.to(at::kDouble), labels, {}, at::Reduction::Sum)
                       .item<double>();
    train::add_correct(logits.argmax(1) == labels, result);
    top_five.add(logits, labels);
  });
  result.loss /= static_cast<double>(test_samples());
  top_five.add_to(result);
  result.slots = recorder.statistics();
  return result;
}

train::Picture Classify::attention(models::VisionTransformer& vit) {
  const at::NoGradGuard no_grad;
  const data::ImageSplit& part = test_part(kShownToClassifier);
  const at::Tensor images = plain_images(part, 0, part.labels.numel());
  const bool by_class = vit.config().global_pool == "token";
  return attention_picture(pixels_of(images), vit.last_attention(images),
                           by_class ? Looker::kClassToken : Looker::kPatches);
}

analysis::NonFiniteOrigin Classify::nonfinite_origin(train::StepPlace place,
                                                     std::span<const int64_t> samples) {
  return analysis::find_nonfinite(
      *model_, [&] { training_logits(place, training_batch(place, samples).images); });
}

}  // namespace dyt::tasks
