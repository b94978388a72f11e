// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/step_worker.h"

#include <ATen/Parallel.h>

#include <charconv>
#include <chrono>

#include "dyt/core/error.h"
#include "dyt/ops/device.h"
#include "dyt/optim/gradients.h"
#include "dyt/optim/optimizer.h"
#include "dyt/optim/schedule.h"
#include "dyt/tasks/vision_task.h"
#include "dyt/train/environment.h"

namespace dyt::tasks {
namespace {

using Json = nlohmann::ordered_json;

// The steps of a run without its folder: batches in training order, epoch after epoch.
class Stepper {
 public:
  Stepper(const RunConfig& config, data::ImageData data)
      : config_(config),
        task_(make_task(config, std::move(data))),
        optimizer_(optim::make_optimizer(optim::named_parameters(task_->model()), config.optim,
                                         {.skip_missing_gradients = task_->drops_gradients()})) {
    order_ = task_->epoch_order(0);
    steps_per_epoch_ = static_cast<int64_t>(order_.size()) / config_.train.batch_size;
    task_->calibrate(batch(0));
  }

  int64_t parameter_count() { return models::parameter_count(task_->model()); }

  void train(int64_t count) {
    const int64_t steps = steps_per_epoch_ * config_.train.epochs;
    for (int64_t i = 0; i < count; ++i, ++step_) {
      const int64_t epoch = step_ / steps_per_epoch_;
      if (step_ % steps_per_epoch_ == 0) {
        order_ = task_->epoch_order(epoch);
      }
      const train::StepPlace place{.epoch = epoch, .step = step_, .steps = steps};
      optimizer_->zero_grad();
      const at::Tensor loss = task_->training_loss(place, batch(step_ % steps_per_epoch_));
      loss.item<double>();  // the loop looks at every loss; so does its cost
      loss.backward();
      optim::clip_gradients(task_->model(), config_.optim);
      task_->before_update(place, *optimizer_);
      optimizer_->step(optim::learning_rate(config_.optim, std::min(step_, steps - 1), steps));
      task_->after_update(place);
    }
    ops::synchronize(ops::device_of(config_.device));
  }

 private:
  std::span<const int64_t> batch(int64_t index) const {
    return std::span(order_).subspan(index * config_.train.batch_size, config_.train.batch_size);
  }

  RunConfig config_;
  std::unique_ptr<VisionTask> task_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::vector<int64_t> order_;
  int64_t steps_per_epoch_ = 0;
  int64_t step_ = 0;
};

int64_t count_of(const std::string& line) {
  int64_t count = 0;
  const std::string prefix = "step ";
  const char* end = line.data() + line.size();
  if (!line.starts_with(prefix) ||
      std::from_chars(line.data() + prefix.size(), end, count).ptr != end || count < 1) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "a step worker does not know this line",
                                                .expected = "'step K' or 'quit'",
                                                .found = line});
  }
  return count;
}

}  // namespace

void serve_steps(const RunConfig& config, int64_t warmup_steps,
                 const std::function<std::optional<std::string>()>& next_line,
                 const std::function<void(const std::string&)>& emit) {
  at::set_num_threads(static_cast<int>(config.train.threads));
  data::ImageData data = data::open_data(config.data);
  RunConfig fitted = config;
  fit_to_data(fitted, data);
  Stepper stepper(fitted, std::move(data));
  stepper.train(warmup_steps);
  emit(Json{{"event", "ready"}, {"parameters", stepper.parameter_count()}}.dump());
  while (const auto line = next_line()) {
    if (*line == "quit") {
      return;
    }
    const auto begin = std::chrono::steady_clock::now();
    stepper.train(count_of(*line));
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    emit(Json{{"time_seconds", elapsed.count()}, {"memory_peak_bytes", train::peak_memory_bytes()}}
             .dump());
  }
}

}  // namespace dyt::tasks
