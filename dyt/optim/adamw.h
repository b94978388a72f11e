// SPDX-License-Identifier: Apache-2.0
// AdamW (Loshchilov and Hutter, 2019; the update of torch.optim.AdamW in PyTorch 2.11). The
// arithmetic is LibTorch's own fused kernel.
#pragma once

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config, OptimizerRules rules = {});

  // "exp_avg.<name>", "exp_avg_sq.<name>" and "step" (float32 scalar). With skip_missing_gradients
  // "step.<name>" instead of the one "step".
  std::vector<NamedTensor> state() const override;

 private:
  struct Moments {
    std::vector<at::Tensor> exp_avgs, exp_avg_sqs, steps;
  };

  void begin_step() override;
  void update(const GroupStep& part) override;

  std::vector<Moments> moments_;  // a group's
  at::Tensor step_;  // one counter that all parameters share, unless some may be passed over
};

}  // namespace dyt::optim
