// SPDX-License-Identifier: Apache-2.0
// What the loop needs from a task: a model, its batches, a loss, an evaluation. The loop knows
// nothing of images or text; a task knows nothing of steps to disk, schedules or resuming.
#pragma once

#include <torch/types.h>

#include <span>
#include <string>
#include <vector>

#include "dyt/analysis/nonfinite.h"
#include "dyt/analysis/slot_statistics.h"
#include "dyt/core/stop.h"
#include "dyt/optim/optimizer.h"

namespace torch::nn {
class Module;
}

namespace dyt::train {

// Something to look at: what a task makes of the first test images.
struct Picture {
  std::string name;     // of its file: lower case, no blanks
  std::string caption;  // for people
  at::Tensor pixels;    // uint8 (height, width, C), C 1 or 3
};

// A number beside loss and accuracy.
struct Measure {
  std::string name;   // for machines: lower case, no blanks
  std::string title;  // for people
  double value = 0;
};

struct Evaluation {
  double loss = 0;
  double accuracy = 0;  // 0 to 1
  std::string correct;  // one character a test sample, '1' or '0', in test order
  std::vector<analysis::SlotStatistics> slots;  // over all test samples
  std::vector<Picture> pictures;
  std::vector<Measure> measures;
};

// Where a step is in the run; everything random in it is drawn from streams of these numbers.
struct StepPlace {
  int64_t epoch = 0;
  int64_t step = 0;   // from the start of the run
  int64_t steps = 0;  // of the whole run
};

// Adds test samples in order, `right` a flag each, to `correct`, and brings `accuracy` up to date.
void add_correct(const at::Tensor& right, Evaluation& evaluation);

class Task {
 public:
  virtual ~Task() = default;

  virtual torch::nn::Module& model() = 0;
  virtual int64_t training_samples() const = 0;
  // Sample numbers of an epoch, in training order.
  virtual std::vector<int64_t> epoch_order(int64_t epoch) const = 0;
  // Scalar loss with its graph. Puts the model into training mode.
  virtual at::Tensor training_loss(StepPlace place, std::span<const int64_t> samples) = 0;
  // Sets alpha of the slots that ask for it from the batch that step 0 will train on.
  virtual void calibrate(std::span<const int64_t> samples) = 0;
  virtual Evaluation evaluate() = 0;
  // What the accuracy is of, for people: "test accuracy".
  virtual std::string accuracy_name() const { return "test accuracy"; }
  // Whether before_update() may take parameters out of an update by removing their gradients.
  virtual bool drops_gradients() const { return false; }
  // Seconds that training_loss() has waited for its batches so far.
  virtual double input_seconds() const { return 0; }
  // Between the backward pass and the optimizer's update, and right after the update.
  virtual void before_update(StepPlace, optim::Optimizer&) {}
  virtual void after_update(StepPlace) {}
  // For layer-wise decay of the learning rate: how many blocks lie between this parameter and the
  // head (0: the head and what stands right before it).
  virtual int64_t layers_above(const std::string& parameter) const = 0;
  // Where numbers stopped being finite, asked when the loss of this step or its update was not.
  virtual analysis::NonFiniteOrigin nonfinite_origin(StepPlace place,
                                                     std::span<const int64_t> samples) = 0;

  // A long evaluation ends with Error(kInterrupted) soon after this asks for it.
  void end_evaluations_at(const core::StopFlag& stop) { stop_ = &stop; }

 protected:
  // For evaluations, between their batches.
  void look_for_stop() const;

 private:
  const core::StopFlag* stop_ = nullptr;
};

}  // namespace dyt::train
