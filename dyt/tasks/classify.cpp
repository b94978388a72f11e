#include "dyt/tasks/classify.h"

#include <torch/nn/functional/loss.h>

#include "dyt/nn/drop_path.h"
#include "dyt/nn/norm.h"
#include "dyt/ops/device.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kTestBatch = 256;

at::Tensor labels_of(const data::ImageSplit& split, std::span<const int64_t> samples) {
  const at::Tensor index = torch::tensor(at::IntArrayRef(samples.data(), samples.size()));
  return split.labels.index_select(0, index);
}

std::string digits_of(const at::Tensor& correct) {
  std::string text;
  const at::Tensor flags = correct.to(at::kByte).contiguous();
  for (int64_t i = 0; i < flags.numel(); ++i) {
    text += flags.const_data_ptr<uint8_t>()[i] != 0 ? '1' : '0';
  }
  return text;
}

}  // namespace

Classify::Classify(const RunConfig& config, data::ImageData data)
    : config_(config),
      device_(ops::device_of(config.device)),
      data_(std::move(data)),
      model_(models::make_classifier(config.model)) {
  models::initialize(*model_, config_.model, static_cast<uint64_t>(config_.seed));
  model_->to(device_);
}

int64_t Classify::training_samples() const { return data_.train.labels.numel(); }

int64_t Classify::test_samples() const { return data_.test.labels.numel(); }

std::vector<int64_t> Classify::epoch_order(int64_t epoch) const {
  return data::batch_order(static_cast<uint64_t>(config_.seed), epoch, training_samples());
}

at::Tensor Classify::training_logits(train::StepPlace place, std::span<const int64_t> samples) {
  const auto seed = static_cast<uint64_t>(config_.seed);
  model_->train();
  nn::set_random_place(*model_, seed, place.step);
  const data::BatchSpec spec{
      .augment = config_.augment, .seed = seed, .epoch = static_cast<uint64_t>(place.epoch)};
  return model_->forward(data::train_batch(data_, samples, spec).to(device_));
}

at::Tensor Classify::training_loss(train::StepPlace place, std::span<const int64_t> samples) {
  const at::Tensor logits = training_logits(place, samples);  // (B, num_classes)
  return at::cross_entropy_loss(logits, labels_of(data_.train, samples).to(device_), {},
                                at::Reduction::Mean,
                                /*ignore_index=*/-100, config_.train.label_smoothing);
}

void Classify::calibrate(std::span<const int64_t> samples) {
  nn::calibrate(*model_, [&] { training_logits({.epoch = 0, .step = 0}, samples); });
}

at::Tensor Classify::test_logits(int64_t begin, int64_t end) {
  const at::NoGradGuard no_grad;
  model_->eval();
  return model_->forward(data::eval_batch(data_, begin, end).to(device_)).cpu();
}

void Classify::run_test_batch(int64_t count) { test_logits(0, std::min(count, test_samples())); }

void Classify::for_each_test_batch(
    const std::function<void(const at::Tensor&, const at::Tensor&)>& visit) {
  const int64_t count = test_samples();
  for (int64_t begin = 0; begin < count; begin += kTestBatch) {
    const int64_t end = std::min(count, begin + kTestBatch);
    visit(test_logits(begin, end), data_.test.labels.slice(0, begin, end));
  }
}

train::Evaluation Classify::evaluate() {
  train::Evaluation result;
  const analysis::SlotRecorder recorder(*model_);
  for_each_test_batch([&](const at::Tensor& logits, const at::Tensor& labels) {
    result.loss += at::cross_entropy_loss(logits.to(at::kDouble), labels, {}, at::Reduction::Sum)
                       .item<double>();
    result.correct += digits_of(logits.argmax(1) == labels);
  });
  const auto count = static_cast<double>(result.correct.size());
  result.loss /= count;
  result.accuracy =
      static_cast<double>(std::count(result.correct.begin(), result.correct.end(), '1')) / count;
  result.slots = recorder.statistics();
  return result;
}

analysis::NonFiniteOrigin Classify::nonfinite_origin(train::StepPlace place,
                                                     std::span<const int64_t> samples) {
  return analysis::find_nonfinite(*model_, [&] { training_logits(place, samples); });
}

}  // namespace dyt::tasks
