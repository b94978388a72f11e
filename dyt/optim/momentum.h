// SPDX-License-Identifier: Apache-2.0
// SGD with momentum, and LARS (You, Gitman, Ginsburg, arXiv 1708.03888) as MAE's linear probe has
// it. With g the gradient, p the parameter, m the momentum buffer, 0 at the start:
//   sgd    g <- g + weight_decay p
//   lars   for tensors of two or more dimensions: g <- g + weight_decay p, then g <- q g with
//          q = 0.001 |p| / |g|, 1 where a norm is 0; for others g as it is
//   m <- momentum m + g;  p <- p - lr m
#pragma once

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

class Momentum final : public Optimizer {
 public:
  Momentum(std::vector<NamedTensor> parameters, const OptimConfig& config,
           OptimizerRules rules = {});

  std::vector<NamedTensor> state() const override;  // "momentum.<name>"

 private:
  void update(const GroupStep& part) override;

  std::vector<std::vector<at::Tensor>> buffers_;  // a group's
};

}  // namespace dyt::optim
