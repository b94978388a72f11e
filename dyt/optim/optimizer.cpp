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
                     const std::function<double(const std::string&)>& rate_scale)
    : config_(config) {
  for (NamedTensor& parameter : parameters) {
    if (!parameter.tensor.requires_grad()) {
      continue;
    }
    const bool decays = takes_weight_decay(config, parameter.name, parameter.tensor.dim());
    const double decay = decays ? config.weight_decay : 0;
    const double scale = rate_scale ? rate_scale(parameter.name) : 1;
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& candidate) {
      return candidate.weight_decay == decay && candidate.rate_scale == scale;
    });
    if (group == groups_.end()) {
      group = groups_.insert(groups_.end(), {.weight_decay = decay, .rate_scale = scale});
    }
    group->names.push_back(std::move(parameter.name));
    group->parameters.push_back(std::move(parameter.tensor));
  }
}

void Optimizer::step(double lr) {
  const at::NoGradGuard no_grad;
  begin_step();
  for (size_t n = 0; n < groups_.size(); ++n) {
    const Group& group = groups_[n];
    std::vector<at::Tensor> values, gradients;
    for (size_t i = 0; i < group.parameters.size(); ++i) {
      if (!group.parameters[i].grad().defined()) {
        throw core::Error(core::ErrorKind::kInternal,
                          {.what = "parameter '" + group.names[i] + "' has no gradient"});
      }
      values.push_back(group.parameters[i].detach());
      gradients.push_back(group.parameters[i].grad());
    }
    update(n, values, gradients, lr * group.rate_scale);
  }
}

void Optimizer::zero_grad() {
  for (Group& group : groups_) {
    for (at::Tensor& parameter : group.parameters) {
      parameter.mutable_grad() = at::Tensor();
    }
  }
}

std::unique_ptr<Optimizer> make_optimizer(
    std::vector<NamedTensor> parameters, const OptimConfig& config,
    const std::function<double(const std::string&)>& rate_scale) {
  if (config.name == "adamw") {
    return std::make_unique<AdamW>(std::move(parameters), config, rate_scale);
  }
  return std::make_unique<Momentum>(std::move(parameters), config, rate_scale);
}

}  // namespace dyt::optim
