// SPDX-License-Identifier: Apache-2.0
// A task of one weight vector: fast, deterministic, and it can be told to diverge.
#pragma once

#include <torch/nn/modules/linear.h>

#include <functional>
#include <limits>
#include <numeric>

#include "dyt/train/task.h"

namespace dyt::testing {

class FakeTask final : public train::Task {
 public:
  FakeTask() : linear_(torch::nn::LinearOptions(3, 1)) {
    const at::NoGradGuard no_grad;
    linear_->weight.fill_(0.5);
    linear_->bias.zero_();
  }

  torch::nn::Module& model() override { return *linear_; }
  int64_t training_samples() const override { return 10; }

  std::vector<int64_t> epoch_order(int64_t epoch) const override {
    std::vector<int64_t> order(10);
    std::iota(order.begin(), order.end(), epoch);
    return order;
  }

  at::Tensor training_loss(train::StepPlace place, std::span<const int64_t> samples) override {
    if (place.step > 0 && after_step) {
      after_step();
    }
    if (place.step == diverge_at) {
      return linear_->weight.sum() * std::numeric_limits<double>::infinity();
    }
    if (place.step == poison_at) {
      // The loss is finite, its gradient 0 / 0; every parameter has one.
      return (linear_->weight * 0).sqrt().sum() + linear_->bias.sum();
    }
    const at::Tensor input = torch::full({1, 3}, 0.1 * static_cast<double>(samples[0] + 1));
    return (linear_->forward(input) - 1).square().mean();
  }

  void calibrate(std::span<const int64_t> samples) override {
    ++calibrations;
    calibrated_with.assign(samples.begin(), samples.end());
  }

  train::Evaluation evaluate() override {
    look_for_stop();
    ++evaluations;
    const at::NoGradGuard no_grad;
    return {.loss = linear_->weight.sum().item<double>(),
            .accuracy = 0.5,
            .correct = "10",
            .slots = {{.name = "norm", .site = "ffn", .kind = "layer_norm", .input_std = 2},
                      {.name = "slot",
                       .site = "ffn",
                       .kind = "dyt",
                       .alpha = 0.5,
                       .input_std = 4,
                       .saturated = 0.25}}};
  }

  int64_t layers_above(const std::string&) const override { return 0; }

  analysis::NonFiniteOrigin nonfinite_origin(train::StepPlace, std::span<const int64_t>) override {
    return {"slot", "it began in the slot"};
  }

  const at::Tensor& weight() const { return linear_->weight; }

  std::function<void()> after_step;  // called when the next step begins; may be empty
  int64_t diverge_at = -1;
  int64_t poison_at = -1;  // a finite loss whose update breaks the weights
  int calibrations = 0;
  int evaluations = 0;
  std::vector<int64_t> calibrated_with;

 private:
  torch::nn::Linear linear_;
};

}  // namespace dyt::testing
