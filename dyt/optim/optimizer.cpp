// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/optimizer.h"

#include <ATen/core/grad_mode.h>
#include <torch/nn/module.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/optim/adamw.h"
#include "dyt/optim/momentum.h"

namespace dyt::optim {

std::vector<NamedTensor> named_parameters(const torch::nn::Module& module) {
  std::vector<NamedTensor> parameters;
  for (const auto& item : module.named_parameters()) {
    parameters.push_back({item.key(), item.value()});
  }
  return parameters;
}

Optimizer::Optimizer(std::vector<NamedTensor> parameters, const OptimConfig& config,
                     OptimizerRules rules)
    : config_(config), rules_(std::move(rules)) {
  for (NamedTensor& parameter : parameters) {
    if (!parameter.tensor.requires_grad()) {
      continue;
    }
    const bool decays = takes_weight_decay(config, parameter.name, parameter.tensor.dim());
    const double scale = rules_.rate_scale ? rules_.rate_scale(parameter.name) : 1;
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) {
      return candidate.decays == decays && candidate.rate_scale == scale;
    });
    if (group == groups_.end()) {
      group = groups_.insert(groups_.end(), {.decays = decays, .rate_scale = scale});
    }
    group->names.push_back(std::move(parameter.name));
    group->parameters.push_back(std::move(parameter.tensor));
  }
}

void Optimizer::step(double lr) {
  const at::NoGradGuard no_grad;
  begin_step();
  for (size_t group = 0; group < groups_.size(); ++group) {
    const GroupStep part = part_of(group, lr);
    if (!part.values.empty()) {
      update(part);
    }
  }
}

Optimizer::GroupStep Optimizer::part_of(size_t number, double lr) const {
  const Group& group = groups_[number];
  GroupStep part{.group = number,
                 .lr = lr * group.rate_scale,
                 .weight_decay = group.decays ? config_.weight_decay : 0};
  for (size_t i = 0; i < group.parameters.size(); ++i) {
    const at::Tensor& gradient = group.parameters[i].grad();
    if (gradient.defined()) {
      part.numbers.push_back(i);
      part.values.push_back(group.parameters[i].detach());
      part.gradients.push_back(gradient);
    } else if (!rules_.skip_missing_gradients) {
      throw core::Error(core::ErrorKind::kInternal,
                        {.what = "parameter '" + group.names[i] + "' has no gradient"});
    }
  }
  return part;
}

void Optimizer::zero_grad() {
  for (Group& group : groups_) {
    for (at::Tensor& parameter : group.parameters) {
      parameter.mutable_grad() = at::Tensor();
    }
  }
}

void Optimizer::set_weight_decay(double weight_decay) { config_.weight_decay = weight_decay; }

std::unique_ptr<Optimizer> make_optimizer(std::vector<NamedTensor> parameters,
                                          const OptimConfig& config, OptimizerRules rules) {
  if (config.name == "adamw") {
    return std::make_unique<AdamW>(std::move(parameters), config, std::move(rules));
  }
  return std::make_unique<Momentum>(std::move(parameters), config, std::move(rules));
}

}  // namespace dyt::optim
