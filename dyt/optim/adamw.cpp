#include "dyt/optim/adamw.h"

#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/nn/module.h>

#include "dyt/core/error.h"

namespace dyt::optim {

std::vector<NamedTensor> named_parameters(const torch::nn::Module& module) {
  std::vector<NamedTensor> parameters;
  for (const auto& item : module.named_parameters()) {
    parameters.push_back({item.key(), item.value()});
  }
  return parameters;
}

AdamW::AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config)
    : config_(config), step_(at::zeros({}, at::kFloat)) {
  if (!parameters.empty()) {
    step_ = step_.to(parameters.front().tensor.device());  // where the fused kernel looks for it
  }
  groups_.resize(2);
  groups_[0].weight_decay = config.weight_decay;
  for (NamedTensor& parameter : parameters) {
    if (!parameter.tensor.requires_grad()) {
      continue;
    }
    Group& group = groups_[takes_weight_decay(parameter.name, parameter.tensor.dim()) ? 0 : 1];
    const at::Tensor value = parameter.tensor.detach();
    group.exp_avgs.push_back(at::zeros_like(value));
    group.exp_avg_sqs.push_back(at::zeros_like(value));
    group.steps.push_back(step_);
    group.names.push_back(std::move(parameter.name));
    group.parameters.push_back(std::move(parameter.tensor));
  }
}

void AdamW::step(double lr) {
  const at::NoGradGuard no_grad;
  step_.add_(1);
  for (Group& group : groups_) {
    step_group(group, lr);
  }
}

void AdamW::step_group(Group& group, double lr) {
  if (group.parameters.empty()) {
    return;  // the fused kernel refuses empty lists
  }
  std::vector<at::Tensor> values, gradients;
  for (size_t i = 0; i < group.parameters.size(); ++i) {
    if (!group.parameters[i].grad().defined()) {
      throw core::Error(core::ErrorKind::kInternal,
                        {.what = "parameter '" + group.names[i] + "' has no gradient"});
    }
    values.push_back(group.parameters[i].detach());
    gradients.push_back(group.parameters[i].grad());
  }
  at::_fused_adamw_(values, gradients, group.exp_avgs, group.exp_avg_sqs, {}, group.steps, lr,
                    config_.beta1, config_.beta2, group.weight_decay, config_.eps,
                    /*amsgrad=*/false, /*maximize=*/false);
}

void AdamW::zero_grad() {
  for (Group& group : groups_) {
    for (at::Tensor& parameter : group.parameters) {
      parameter.mutable_grad() = at::Tensor();
    }
  }
}

std::vector<NamedTensor> AdamW::state() const {
  std::vector<NamedTensor> tensors{{"step", step_}};
  for (const Group& group : groups_) {
    for (size_t i = 0; i < group.names.size(); ++i) {
      tensors.push_back({"exp_avg." + group.names[i], group.exp_avgs[i]});
      tensors.push_back({"exp_avg_sq." + group.names[i], group.exp_avg_sqs[i]});
    }
  }
  return tensors;
}

}  // namespace dyt::optim
