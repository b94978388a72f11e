// SPDX-License-Identifier: Apache-2.0
// The exponential moving average of a network's parameters and buffers over its training.
//
//   WeightAverage average(*model, 0.9999);      // starts as a copy
//   average.update();                           // after every step of the optimizer
//   average.evaluate([&] { task.evaluate(); }); // with the averages in the network's place
#pragma once

#include <functional>

#include "dyt/io/tensor_file.h"

namespace dyt::train {

class WeightAverage {
 public:
  // Keeps references to the network's tensors. 0 < decay < 1.
  WeightAverage(const torch::nn::Module& model, double decay);

  // average <- decay * average + (1 - decay) * tensor, without correction for the start; integer
  // buffers are copied.
  void update();

  // Calls `evaluate` while the network holds the averages; its own values come back afterwards,
  // after an exception too.
  void evaluate(const std::function<void()>& evaluate);

  // By the network's names: what a checkpoint stores, and what resuming copies into.
  const io::NamedTensors& tensors() const { return averages_; }

 private:
  io::NamedTensors tensors_, averages_;
  double decay_;
};

}  // namespace dyt::train
