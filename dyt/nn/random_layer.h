// SPDX-License-Identifier: Apache-2.0
// What all layers that draw at random in training have in common: their rate, and their place in
// the random streams.
//
//   set_random_place(model, seed, step);   // before each training forward
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <optional>
#include <string>

#include "dyt/core/random.h"

namespace dyt::nn {

class RandomLayer : public torch::nn::Module {
 public:
  double rate() const { return rate_; }
  void set_place(uint64_t seed, uint64_t step, std::string site);

 protected:
  // `kind` names the layer's streams: (seed, "<kind>/<dotted name of the layer>", step, n), n the
  // number of streams since the place was set, from 0: neither threads nor other layers change
  // them, and crops that go through a network one after the other in one step draw apart.
  // Error(kUsage) unless 0 <= rate < 1.
  RandomLayer(std::string kind, double rate);

  bool draws() const { return is_training() && rate_ > 0; }

  // The next of this layer at this step; Error(kInternal) where the place was never set.
  core::RandomStream stream() const;

 private:
  struct Place {
    uint64_t seed = 0;
    uint64_t step = 0;
    std::string site;
    uint64_t streams = 0;
  };

  std::string kind_;
  double rate_;
  mutable std::optional<Place> place_;  // stream() counts its calls
};

// Tells every layer of the module that draws at random where in the training it is.
void set_random_place(torch::nn::Module& module, uint64_t seed, int64_t step);

}  // namespace dyt::nn
