#include "dyt/optim/adamw.h"

#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace dyt::optim {

AdamW::AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config,
             const std::function<double(const std::string&)>& rate_scale)
    : Optimizer(std::move(parameters), config, rate_scale), step_(at::zeros({}, at::kFloat)) {
  if (!groups().empty()) {
    step_ = step_.to(groups().front().parameters.front().device());  // the fused kernel wants it
  }
  for (const Group& group : groups()) {
    Moments& moments = moments_.emplace_back();
    for (const at::Tensor& parameter : group.parameters) {
      moments.exp_avgs.push_back(at::zeros_like(parameter.detach()));
      moments.exp_avg_sqs.push_back(at::zeros_like(parameter.detach()));
      moments.steps.push_back(step_);
    }
  }
}

void AdamW::begin_step() { step_.add_(1); }

void AdamW::update(size_t group, const std::vector<at::Tensor>& values,
                   const std::vector<at::Tensor>& gradients, double lr) {
  const Moments& moments = moments_[group];
  at::_fused_adamw_(values, gradients, moments.exp_avgs, moments.exp_avg_sqs, {}, moments.steps, lr,
                    config().beta1, config().beta2, groups()[group].weight_decay, config().eps,
                    /*amsgrad=*/false, /*maximize=*/false);
}

std::vector<NamedTensor> AdamW::state() const {
  std::vector<NamedTensor> tensors{{"step", step_}};
  for (size_t n = 0; n < moments_.size(); ++n) {
    for (size_t i = 0; i < groups()[n].names.size(); ++i) {
      tensors.push_back({"exp_avg." + groups()[n].names[i], moments_[n].exp_avgs[i]});
      tensors.push_back({"exp_avg_sq." + groups()[n].names[i], moments_[n].exp_avg_sqs[i]});
    }
  }
  return tensors;
}

}  // namespace dyt::optim
