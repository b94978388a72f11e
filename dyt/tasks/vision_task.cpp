#include "dyt/tasks/vision_task.h"

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
    : config_(config), device_(ops::device_of(config.device)), data_(std::move(data)) {}

std::vector<int64_t> VisionTask::epoch_order(int64_t epoch) const {
  return data::batch_order(seed(), static_cast<uint64_t>(epoch), training_samples());
}

at::Tensor VisionTask::training_images(train::StepPlace place,
                                       std::span<const int64_t> samples) const {
  const data::BatchSpec spec{
      .augment = config_.augment, .seed = seed(), .epoch = static_cast<uint64_t>(place.epoch)};
  return data::train_batch(data_, samples, spec).to(device_);
}

at::Tensor VisionTask::plain_images(const data::ImageSplit& split, int64_t begin,
                                    int64_t end) const {
  const at::Tensor images = data::plain_batch(data_, split, begin, end);
  return images.expand({-1, config_.model.channels(), -1, -1}).to(device_);
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
