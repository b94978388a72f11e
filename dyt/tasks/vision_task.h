// SPDX-License-Identifier: Apache-2.0
// What all tasks on images have in common: data in memory, batches of them, a network that is
// looked at after training.
#pragma once

#include <map>
#include <memory>

#include "dyt/data/batch_stream.h"
#include "dyt/data/dataset.h"
#include "dyt/tasks/run_config.h"
#include "dyt/train/task.h"

namespace dyt::tasks {

struct StartReport;

class VisionTask : public train::Task {
 public:
  int64_t training_samples() const override { return data_.train.labels.numel(); }
  std::vector<int64_t> epoch_order(int64_t epoch) const override;
  int64_t layers_above(const std::string& parameter) const override {
    return models::layers_above(config_.model, parameter);
  }
  int64_t test_samples() const { return data_.test.labels.numel(); }
  double input_seconds() const override { return training_stream_.waited_seconds(); }

  // For inference: the norm slots' parameters go into the layers that follow, where they can.
  virtual void fold() = 0;
  // The network that an inspection looks at: of several the one that evaluate() uses.
  virtual torch::nn::Module& inspected() { return model(); }
  // What was taken from the weights that the network starts from; null for a task without such.
  virtual const StartReport* start_report() const { return nullptr; }
  // At most `count` test images, some of every class, in one batch through the network, in
  // evaluation mode.
  virtual void run_test_batch(int64_t count) = 0;

 protected:
  // `config` must be fitted to the data.
  VisionTask(const RunConfig& config, data::ImageData data);

  const RunConfig& config() const { return config_; }
  const data::ImageData& data() const { return data_; }
  at::Device device() const { return device_; }
  uint64_t seed() const { return static_cast<uint64_t>(config_.seed); }

  // A training batch, with the augmentation of that epoch: float (B, C, H, W), on the device.
  at::Tensor training_images(train::StepPlace place, std::span<const int64_t> samples);
  // The views of a training batch that `maker` makes, on the device. data.workers threads make the
  // batches that follow in the epoch meanwhile, but of augment.policy=affine: it costs next to
  // nothing.
  std::vector<at::Tensor> training_views(train::StepPlace place, std::span<const int64_t> samples,
                                         data::SampleMaker maker);
  // Images begin .. end - 1 as they are, on the device; grey ones three times for a network that
  // sees RGB. Of a streamed split asked for in order, threads make the ones that follow. Every
  // evaluation's batches come from here, so here it ends where a stop is asked for.
  at::Tensor plain_images(const data::ImageSplit& split, int64_t begin, int64_t end);
  // At most `count` of the test images, some of every class: for what is measured or shown on a
  // part of them.
  const data::ImageSplit& test_part(int64_t count);
  // Normalized images as 8-bit pixels to look at: uint8 (B, C, H, W).
  at::Tensor pixels_of(const at::Tensor& images) const;

  // Calls visit(begin, end) for every batch of `count` images, in order.
  static void for_each_batch(int64_t count, const std::function<void(int64_t, int64_t)>& visit);

 private:
  const std::vector<data::SampleRequest>& epoch_requests(int64_t epoch) const;
  int64_t steps_of_epoch() const;
  int64_t first_of(train::StepPlace place) const;  // of the place's samples, in its epoch
  std::vector<data::SampleRequest> requests_of(train::StepPlace place,
                                               std::span<const int64_t> samples);

  RunConfig config_;
  at::Device device_;
  data::ImageData data_;
  // Of the epoch that was asked for last.
  mutable std::pair<int64_t, std::vector<data::SampleRequest>> requests_{-1, {}};
  std::map<int64_t, data::ImageSplit> test_parts_;    // by the count that was asked for
  data::BatchStream training_stream_, plain_stream_;  // their threads end before the data
};

// The task of the model's family, its network initialized from config.seed, on the CPU so that
// every device starts from the same weights, and moved to config.device. Classifiers: Classify;
// MAE: MaskedImages; DINO: SelfDistillation; DiT: Diffusion.
std::unique_ptr<VisionTask> make_task(const RunConfig& config, data::ImageData data);

}  // namespace dyt::tasks
