// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/loop.h"

#include <torch/nn/module.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/formats/png_write.h"
#include "dyt/models/vit.h"
#include "dyt/optim/gradients.h"
#include "dyt/optim/optimizer.h"
#include "dyt/optim/schedule.h"
#include "dyt/train/environment.h"
#include "dyt/train/weight_average.h"

namespace dyt::train {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

io::NamedTensors optimizer_tensors(const optim::Optimizer& optimizer) {
  io::NamedTensors tensors;
  for (const optim::NamedTensor& item : optimizer.state()) {
    tensors.emplace_back(item.name, item.tensor);
  }
  return tensors;
}

// {"alpha": {slot: value}, "input_std": {slot: value}}: alpha where a slot has one.
void add_slots(const std::vector<analysis::SlotStatistics>& slots, Json& line) {
  line["alpha"] = Json::object();
  line["input_std"] = Json::object();
  for (const analysis::SlotStatistics& slot : slots) {
    if (slot.alpha) {
      line["alpha"][slot.name] = *slot.alpha;
    }
    line["input_std"][slot.name] = slot.input_std;
  }
}

Json health_json(const std::vector<analysis::SlotStatistics>& slots) {
  Json health = Json::array();
  for (const analysis::SlotStatistics& slot : slots) {
    if (slot.alpha) {
      health.push_back({{"name", slot.name},
                        {"site", slot.site},
                        {"alpha", *slot.alpha},
                        {"input_std", slot.input_std},
                        {"saturated", *slot.saturated}});
    }
  }
  return health;
}

Json pictures_json(const std::vector<Picture>& pictures) {
  Json list = Json::array();
  for (const Picture& picture : pictures) {
    list.push_back({{"file", "pictures/" + picture.name + ".png"}, {"caption", picture.caption}});
  }
  return list;
}

// {name: value} where there are any, for a line of metrics.
void add_measures(const std::vector<Measure>& measures, const std::string& field, Json& line) {
  for (const Measure& measure : measures) {
    line[field][measure.name] = measure.value;
  }
}

Json measures_json(const std::vector<Measure>& measures) {
  Json list = Json::array();
  for (const Measure& measure : measures) {
    list.push_back({{"name", measure.name}, {"title", measure.title}, {"value", measure.value}});
  }
  return list;
}

// `loss`: as text, for JSON has no word for NaN; null where only the update was not finite.
Json nonfinite_json(const Json& loss, const analysis::NonFiniteOrigin& origin) {
  return {{"loss", loss}, {"layer", origin.layer}, {"words", origin.words}};
}

// Layer-wise decay: a parameter's rate falls with its distance from the head.
std::function<double(const std::string&)> rate_scales(const LoopInput& input) {
  const double decay = input.optim.layer_decay;
  if (decay == 1) {
    return {};
  }
  return [&task = input.task, decay](const std::string& parameter) {
    return std::pow(decay, task.layers_above(parameter));
  };
}

// One run from start or checkpoint to its end.
class Loop {
 public:
  explicit Loop(const LoopInput& input);
  RunStatus run();

 private:
  void start();
  bool misses_evaluation();
  // These two: false if diverged.
  bool train_epoch(int64_t epoch);
  bool finish_epoch(int64_t epoch);
  double train_step(StepPlace place, std::span<const int64_t> samples);
  bool leave_broken_epoch(int64_t epoch);
  void evaluate_epoch(int64_t epoch);
  void evaluate();  // the weights, their average, or both
  bool evaluates_beside() const { return average_ && input_.train.ema_evaluation == "beside"; }
  bool weights_are_finite() const { return analysis::parameters_are_finite(input_.task.model()); }
  std::span<const int64_t> batch(std::span<const int64_t> order, int64_t index) const;
  [[noreturn]] void stop();
  void write_pictures();
  void save(bool is_best);
  std::vector<CheckpointPart> checkpoint_parts() const;
  void report(int64_t epoch, double loss);
  void write_result(RunStatus status);

  const LoopInput& input_;
  const int64_t steps_per_epoch_;
  const int64_t steps_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  RunState state_;
  Json last_metrics_;
  Evaluation last_evaluation_, average_evaluation_;
  std::optional<WeightAverage> average_;
  std::optional<double> accuracy_;
  Json nonfinite_;  // of a diverged run
  Clock::time_point run_begin_ = Clock::now();
  Clock::time_point epoch_begin_ = Clock::now();
  int64_t first_step_ = 0;        // of this process
  int64_t epoch_first_step_ = 0;  // of this process in this epoch
  double train_seconds_ = 0;      // of its steps in this epoch
  double input_seconds_ = 0;      // of that, waiting for input
};

Loop::Loop(const LoopInput& input)
    : input_(input),
      steps_per_epoch_(steps_per_epoch(input.train, input.task.training_samples())),
      steps_(steps_per_epoch_ * input.train.epochs),
      optimizer_(optim::make_optimizer(optim::named_parameters(input.task.model()), input.optim,
                                       {.rate_scale = rate_scales(input),
                                        .skip_missing_gradients = input.task.drops_gradients()})) {
  input.task.end_evaluations_at(input.stop);
}

RunStatus Loop::run() {
  start();
  RunStatus status = RunStatus::kFinished;
  if (misses_evaluation() && !finish_epoch(state_.step / steps_per_epoch_ - 1)) {
    status = RunStatus::kDiverged;
  }
  while (state_.step < steps_ && status == RunStatus::kFinished) {
    const int64_t epoch = state_.step / steps_per_epoch_;
    if (!train_epoch(epoch) || !finish_epoch(epoch)) {
      status = RunStatus::kDiverged;
    }
  }
  if (status == RunStatus::kFinished && last_evaluation_.correct.empty()) {
    evaluate();  // resumed after the last epoch's checkpoint
  }
  write_result(status);
  return status;
}

void Loop::start() {
  if (input_.train.ema > 0) {
    average_.emplace(input_.task.model(), input_.train.ema);
  }
  if (const auto saved = input_.folder.resume(checkpoint_parts())) {
    state_ = *saved;
    last_metrics_ = input_.folder.last_metrics();
  } else {
    const std::vector<int64_t> order = input_.task.epoch_order(0);
    input_.task.calibrate(std::span(order).first(input_.train.batch_size));
    if (average_) {
      average_.emplace(input_.task.model(), input_.train.ema);  // with what calibrate() has set
    }
  }
  first_step_ = state_.step;
}

// A checkpoint of a run that was stopped while an epoch was being evaluated.
bool Loop::misses_evaluation() {
  epoch_first_step_ = state_.step;
  return state_.step > 0 && state_.step % steps_per_epoch_ == 0 &&
         (last_metrics_.is_null() || last_metrics_.at("step") != state_.step);
}

bool Loop::train_epoch(int64_t epoch) {
  const std::vector<int64_t> order = input_.task.epoch_order(epoch);
  epoch_begin_ = Clock::now();
  epoch_first_step_ = state_.step;
  const double input_begin = input_.task.input_seconds();
  for (int64_t index = state_.step % steps_per_epoch_; index < steps_per_epoch_; ++index) {
    input_.folder.check_place();
    if (input_.stop.requested()) {
      stop();
    }
    const std::span<const int64_t> samples = batch(order, index);
    const StepPlace place{.epoch = epoch, .step = state_.step, .steps = steps_};
    const double loss = train_step(place, samples);
    ++state_.step;
    if (!std::isfinite(loss)) {
      nonfinite_ =
          nonfinite_json(core::number_text(loss), input_.task.nonfinite_origin(place, samples));
      return false;
    }
    state_.loss_sum += loss;
    report(epoch, loss);
  }
  train_seconds_ = seconds_since(epoch_begin_);
  input_seconds_ = input_.task.input_seconds() - input_begin;
  return true;
}

std::span<const int64_t> Loop::batch(std::span<const int64_t> order, int64_t index) const {
  return order.subspan(index * input_.train.batch_size, input_.train.batch_size);
}

void Loop::stop() {
  const bool finite = weights_are_finite();
  if (finite) {
    save(false);
  }
  throw core::Error(
      core::ErrorKind::kInterrupted,
      {.what = "stopped at step " + std::to_string(state_.step) + " of " + std::to_string(steps_) +
               (finite ? "; the state is saved"
                       : "; the weights are not finite; the last good checkpoint, if any, is kept"),
       .where = input_.folder.path().string(),
       .todo = "give the same command again to go on from there"});
}

double Loop::train_step(StepPlace place, std::span<const int64_t> samples) {
  optimizer_->zero_grad();
  const at::Tensor loss = input_.task.training_loss(place, samples);
  const double value = loss.item<double>();
  if (!std::isfinite(value)) {
    return value;  // the weights stay as they were before the step
  }
  loss.backward();
  optim::clip_gradients(input_.task.model(), input_.optim);
  input_.task.before_update(place, *optimizer_);
  optimizer_->step(optim::learning_rate(input_.optim, place.step, steps_));
  input_.task.after_update(place);
  if (average_) {
    average_->update();
  }
  return value;
}

void Loop::report(int64_t epoch, double loss) {
  if (!input_.on_progress) {
    return;
  }
  const double elapsed = seconds_since(run_begin_);
  const double steps_per_second = static_cast<double>(state_.step - first_step_) / elapsed;
  input_.on_progress(
      {.step = state_.step,
       .steps = steps_,
       .epoch = epoch + 1,
       .epochs = input_.train.epochs,
       .loss = loss,
       .accuracy = accuracy_,
       .rate_images_per_second = steps_per_second * static_cast<double>(input_.train.batch_size),
       .time_left_seconds = static_cast<double>(steps_ - state_.step) / steps_per_second});
}

bool Loop::finish_epoch(int64_t epoch) {
  if (!weights_are_finite()) {
    return leave_broken_epoch(epoch);
  }
  try {
    evaluate();
  } catch (const core::Error& error) {
    if (error.kind() == core::ErrorKind::kInterrupted) {
      stop();
    }
    throw;
  }
  if (!std::isfinite(last_evaluation_.loss)) {
    nonfinite_ = {{"loss", core::number_text(last_evaluation_.loss)},
                  {"layer", ""},
                  {"words", "the weights are finite, what they make of the test images is not"}};
    return false;
  }
  evaluate_epoch(epoch);
  return true;
}

// The loss of the last step was finite, what its update made of the weights is not: they are
// neither evaluated nor saved. The next step's loss will show it; after the last step this does.
bool Loop::leave_broken_epoch(int64_t epoch) {
  state_.loss_sum = 0;
  if (state_.step < steps_) {
    return true;
  }
  const std::vector<int64_t> order = input_.task.epoch_order(epoch);
  const StepPlace place{.epoch = epoch, .step = state_.step - 1, .steps = steps_};
  nonfinite_ = nonfinite_json(
      nullptr, input_.task.nonfinite_origin(place, batch(order, steps_per_epoch_ - 1)));
  return false;
}

void Loop::evaluate_epoch(int64_t epoch) {
  const int64_t images = (state_.step - epoch_first_step_) * input_.train.batch_size;
  write_pictures();
  accuracy_ = last_evaluation_.accuracy;
  last_metrics_ = {
      {"epoch", epoch + 1},
      {"step", state_.step},
      {"lr", optim::learning_rate(input_.optim, state_.step - 1, steps_)},
      {"train_loss", state_.loss_sum / static_cast<double>(steps_per_epoch_)},
      {"test_loss", last_evaluation_.loss},
      {"test_accuracy", last_evaluation_.accuracy},
      {"time_seconds", seconds_since(epoch_begin_)},
      {"rate_images_per_second", images == 0 ? 0 : static_cast<double>(images) / train_seconds_},
      {"time_input_seconds", input_seconds_}};
  if (evaluates_beside()) {
    last_metrics_["ema_test_loss"] = average_evaluation_.loss;
    last_metrics_["ema_test_accuracy"] = average_evaluation_.accuracy;
    add_measures(average_evaluation_.measures, "ema_measures", last_metrics_);
  }
  add_measures(last_evaluation_.measures, "measures", last_metrics_);
  add_slots(last_evaluation_.slots, last_metrics_);
  input_.folder.append_metrics(last_metrics_);
  state_.loss_sum = 0;
  const bool is_best = state_.best_epoch == 0 || last_evaluation_.accuracy > state_.best_accuracy;
  if (is_best) {
    state_.best_epoch = epoch + 1;
    state_.best_accuracy = last_evaluation_.accuracy;
  }
  if (is_best || (epoch + 1) % input_.train.checkpoint_every == 0 || state_.step == steps_) {
    save(is_best);
  }
}

void Loop::write_pictures() {
  for (const Picture& picture : last_evaluation_.pictures) {
    const at::Tensor pixels = picture.pixels.contiguous();
    const uint8_t* first = pixels.const_data_ptr<uint8_t>();
    input_.folder.write_picture(picture.name,
                                formats::png_bytes({.height = pixels.size(0),
                                                    .width = pixels.size(1),
                                                    .channels = pixels.size(2),
                                                    .pixels = {first, first + pixels.numel()}}));
  }
}

void Loop::save(bool is_best) { input_.folder.save(state_, checkpoint_parts(), is_best); }

std::vector<CheckpointPart> Loop::checkpoint_parts() const {
  std::vector<CheckpointPart> parts = {{"model", io::module_tensors(input_.task.model())},
                                       {"optimizer", optimizer_tensors(*optimizer_)}};
  if (average_) {
    parts.push_back({"ema", average_->tensors()});
  }
  return parts;
}

void Loop::evaluate() {
  if (average_ && !evaluates_beside()) {
    average_->evaluate([this] { last_evaluation_ = input_.task.evaluate(); });
    return;
  }
  last_evaluation_ = input_.task.evaluate();
  if (average_) {
    average_->evaluate([this] { average_evaluation_ = input_.task.evaluate(); });
  }
}

void Loop::write_result(RunStatus status) {
  const bool finished = status == RunStatus::kFinished;
  Json best = nullptr;
  if (state_.best_epoch > 0) {
    best = {{"epoch", state_.best_epoch}, {"test_accuracy", state_.best_accuracy}};
  }
  Json result = {{"version", 1},
                 {"status", finished ? "finished" : "diverged"},
                 {"step", state_.step},
                 {"epochs", input_.train.epochs},
                 {"train_loss", nullptr},
                 {"test_loss", nullptr},
                 {"test_accuracy", nullptr},
                 {"accuracy_of", input_.task.accuracy_name()},
                 {"best", best},
                 {"parameters", models::parameter_count(input_.task.model())},
                 {"correct", finished ? last_evaluation_.correct : ""},
                 {"health", finished ? health_json(last_evaluation_.slots) : Json::array()},
                 {"nonfinite", nonfinite_},
                 {"pictures", pictures_json(last_evaluation_.pictures)},
                 {"time_seconds", seconds_since(run_begin_)},
                 {"memory_peak_bytes", peak_memory_bytes()}};
  if (finished) {
    result["train_loss"] = last_metrics_["train_loss"];
    result["test_loss"] = last_evaluation_.loss;
    result["test_accuracy"] = last_evaluation_.accuracy;
    if (!last_evaluation_.measures.empty()) {
      result["measures"] = measures_json(last_evaluation_.measures);
    }
    if (evaluates_beside()) {
      result["ema"] = {{"test_loss", average_evaluation_.loss},
                       {"test_accuracy", average_evaluation_.accuracy},
                       {"correct", average_evaluation_.correct}};
    }
  }
  input_.folder.write_result(result);
}

}  // namespace

RunStatus run_training(const LoopInput& input) { return Loop(input).run(); }

}  // namespace dyt::train
