// SPDX-License-Identifier: Apache-2.0
// One model with one norm slot, and a step of it.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "dyt/bench/op_clock.h"
#include "dyt/bench/step_config.h"
#include "dyt/models/model_config.h"
#include "dyt/optim/adamw.h"

namespace dyt::bench {

struct StepCase {
  models::ModelConfig model;  // complete but for the slot
  std::string pass, dtype;
  int64_t batch_size = 1;
  at::Device device = at::kCPU;
};

inline constexpr double kStepLearningRate = 1e-4;

// The case of one model and pass, its sizes complete. Error(kUsage): the model does not class
// images, or its sizes do not fit together.
StepCase step_case(const StepBenchConfig& config, const std::string& model, const std::string& pass,
                   const at::Device& device);

class StepContender {
 public:
  StepContender(const StepCase& wanted, const std::string& slot);

  void run();  // a GPU may still be at work on it
  // Of each step so far, in order.
  const std::vector<PartTimes>& parts() const { return parts_; }

 private:
  void train();
  void infer();

  bool training_;
  std::shared_ptr<models::ImageClassifier> model_;
  std::unique_ptr<optim::AdamW> optimizer_;  // null without training
  at::Tensor images_, labels_;
  std::vector<PartTimes> parts_;
};

}  // namespace dyt::bench
