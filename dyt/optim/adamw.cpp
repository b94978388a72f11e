// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/adamw.h"

#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace dyt::optim {

AdamW::AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config, OptimizerRules rules)
    : Optimizer(std::move(parameters), config, std::move(rules)), step_(at::zeros({}, at::kFloat)) {
  if (!groups().empty()) {
    step_ = step_.to(groups().front().parameters.front().device());  // the fused kernel wants it
  }
  for (const Group& group : groups()) {
    Moments& moments = moments_.emplace_back();
    for (const at::Tensor& parameter : group.parameters) {
      moments.exp_avgs.push_back(at::zeros_like(parameter.detach()));
      moments.exp_avg_sqs.push_back(at::zeros_like(parameter.detach()));
      moments.steps.push_back(this->rules().skip_missing_gradients ? step_.clone() : step_);
    }
  }
}

void AdamW::begin_step() {
  if (!rules().skip_missing_gradients) {
    step_.add_(1);
  }
}

void AdamW::update(const GroupStep& part) {
  const Moments& moments = moments_[part.group];
  std::vector<at::Tensor> exp_avgs, exp_avg_sqs, steps;
  for (const size_t i : part.numbers) {
    exp_avgs.push_back(moments.exp_avgs[i]);
    exp_avg_sqs.push_back(moments.exp_avg_sqs[i]);
    steps.push_back(moments.steps[i]);
    if (rules().skip_missing_gradients) {
      moments.steps[i].add_(1);
    }
  }
  at::_fused_adamw_(part.values, part.gradients, exp_avgs, exp_avg_sqs, {}, steps, part.lr,
                    config().beta1, config().beta2, part.weight_decay, config().eps,
                    /*amsgrad=*/false, /*maximize=*/false);
}

std::vector<NamedTensor> AdamW::state() const {
  std::vector<NamedTensor> tensors;
  if (!rules().skip_missing_gradients) {
    tensors.push_back({"step", step_});
  }
  for (size_t n = 0; n < moments_.size(); ++n) {
    for (size_t i = 0; i < groups()[n].names.size(); ++i) {
      const std::string& name = groups()[n].names[i];
      tensors.push_back({"exp_avg." + name, moments_[n].exp_avgs[i]});
      tensors.push_back({"exp_avg_sq." + name, moments_[n].exp_avg_sqs[i]});
      if (rules().skip_missing_gradients) {
        tensors.push_back({"step." + name, moments_[n].steps[i]});
      }
    }
  }
  return tensors;
}

}  // namespace dyt::optim
