// AdamW (Loshchilov and Hutter, 2019; the update of torch.optim.AdamW in PyTorch 2.11). The
// arithmetic is LibTorch's own fused kernel.
#pragma once

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

class AdamW final : public Optimizer {
 public:
  AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config,
        const std::function<double(const std::string&)>& rate_scale = {});

  // "step" (float32 scalar), "exp_avg.<name>", "exp_avg_sq.<name>".
  std::vector<NamedTensor> state() const override;

 private:
  struct Moments {
    std::vector<at::Tensor> exp_avgs, exp_avg_sqs, steps;
  };

  void begin_step() override;
  void update(size_t group, const std::vector<at::Tensor>& values,
              const std::vector<at::Tensor>& gradients, double lr) override;

  std::vector<Moments> moments_;  // a group's
  at::Tensor step_;               // one counter that all parameters share
};

}  // namespace dyt::optim
