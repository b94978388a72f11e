// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/vision_task.h"

#include "dyt/data/plain_batch.h"
#include "dyt/models/diffusion_sampling.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/classify.h"
#include "dyt/tasks/diffusion.h"
#include "dyt/tasks/masked_images.h"
#include "dyt/tasks/self_distillation.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kEvaluationBatch = 256;

}  // namespace

VisionTask::VisionTask(const RunConfig& config, data::ImageData data)
    : config_(config),
      device_(ops::device_of(config.device)),
      data_(std::move(data)),
      training_stream_(trains_on_rgb(config) ? data_.workers : 0),
      plain_stream_(data_.workers) {}

const std::vector<data::SampleRequest>& VisionTask::epoch_requests(int64_t epoch) const {
  if (requests_.first != epoch) {
    requests_ = {epoch,
                 data::repeated_order(seed(), static_cast<uint64_t>(epoch), training_samples(),
                                      {.repeats = config_.augment.repeats, .round = 0})};
  }
  return requests_.second;
}

std::vector<int64_t> VisionTask::epoch_order(int64_t epoch) const {
  std::vector<int64_t> order;
  for (const data::SampleRequest& request : epoch_requests(epoch)) {
    order.push_back(request.sample);
  }
  return order;
}

// The repeats of an epoch's samples are told apart by their places: `samples` are the batch of this
// place in the order of its epoch.
std::vector<data::SampleRequest> VisionTask::requests_of(train::StepPlace place,
                                                         std::span<const int64_t> samples) {
  std::vector<data::SampleRequest> requests;
  for (const int64_t sample : samples) {
    requests.push_back({.sample = sample});
  }
  if (config_.augment.repeats > 1) {
    const std::vector<data::SampleRequest>& epoch = epoch_requests(place.epoch);
    const int64_t first = first_of(place);
    for (size_t n = 0; n < requests.size(); ++n) {
      requests[n].repeat = epoch.at(static_cast<size_t>(first) + n).repeat;
    }
  }
  return requests;
}

int64_t VisionTask::steps_of_epoch() const {
  return train::steps_per_epoch(config_.train, training_samples());
}

int64_t VisionTask::first_of(train::StepPlace place) const {
  return place.step % steps_of_epoch() * config_.train.batch_size;
}

std::vector<at::Tensor> VisionTask::training_views(train::StepPlace place,
                                                   std::span<const int64_t> samples,
                                                   data::SampleMaker maker) {
  const data::BatchPass pass{
      .name = std::to_string(place.epoch), .maker = std::move(maker), .coming = [&] {
        const std::vector<data::SampleRequest>& order = epoch_requests(place.epoch);
        return std::vector(order.begin() + first_of(place),
                           order.begin() + steps_of_epoch() * config_.train.batch_size);
      }};
  std::vector<at::Tensor> views = training_stream_.batch(pass, requests_of(place, samples));
  for (at::Tensor& view : views) {
    view = view.to(device_);
  }
  return views;
}

at::Tensor VisionTask::training_images(train::StepPlace place, std::span<const int64_t> samples) {
  return training_views(
      place, samples,
      data::training_maker(data_, config_.augment, seed(), static_cast<uint64_t>(place.epoch)))[0];
}

at::Tensor VisionTask::plain_images(const data::ImageSplit& split, int64_t begin, int64_t end) {
  look_for_stop();
  if (!split.streamed()) {
    return data::plain_batch(data_, split, begin, end, image_channels(config_, data_)).to(device_);
  }
  const auto numbers = [](int64_t first, int64_t last) {
    std::vector<data::SampleRequest> requests;
    for (int64_t sample = first; sample < last; ++sample) {
      requests.push_back({.sample = sample});
    }
    return requests;
  };
  const data::BatchPass pass{
      .name = std::to_string(reinterpret_cast<uintptr_t>(split.labels.const_data_ptr())),
      .maker = data::streamed_maker(data_, split),
      .coming = [&] { return numbers(begin, split.labels.numel()); }};
  return plain_stream_.batch(pass, numbers(begin, end))[0].to(device_);
}

const data::ImageSplit& VisionTask::test_part(int64_t count) {
  const auto [place, is_new] = test_parts_.try_emplace(count);
  if (is_new) {
    place->second = data::stratified_part(data_.test, data_.num_classes, count, "images/test_part");
  }
  return place->second;
}

at::Tensor VisionTask::pixels_of(const at::Tensor& images) const {
  const auto column = [&](const std::array<float, 3>& values) {
    return at::tensor(at::ArrayRef<float>(values), at::kFloat)
        .slice(0, 0, images.size(1))
        .view({-1, 1, 1});
  };
  const at::Tensor shown =
      images.cpu() * column(data_.normalization.std) + column(data_.normalization.mean);
  return models::to_pixels(2 * shown - 1);
}

void VisionTask::for_each_batch(int64_t count, const std::function<void(int64_t, int64_t)>& visit) {
  for (int64_t begin = 0; begin < count; begin += kEvaluationBatch) {
    visit(begin, std::min(count, begin + kEvaluationBatch));
  }
}

std::unique_ptr<VisionTask> make_task(const RunConfig& config, data::ImageData data) {
  if (config.model.is_classifier()) {
    return std::make_unique<Classify>(config, std::move(data));
  }
  if (std::holds_alternative<models::MaeModel>(config.model.family)) {
    return std::make_unique<MaskedImages>(config, std::move(data));
  }
  if (std::holds_alternative<models::DitModel>(config.model.family)) {
    return std::make_unique<Diffusion>(config, std::move(data));
  }
  return std::make_unique<SelfDistillation>(config, std::move(data));
}

}  // namespace dyt::tasks
