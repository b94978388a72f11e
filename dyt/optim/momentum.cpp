// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/momentum.h"

#include <ATen/ops/zeros_like.h>

namespace dyt::optim {
namespace {

constexpr double kTrust = 0.001;

// What LARS multiplies the gradient with.
double trust_ratio(const at::Tensor& value, const at::Tensor& gradient) {
  const auto value_norm = value.norm().item<double>();
  const auto gradient_norm = gradient.norm().item<double>();
  return value_norm > 0 && gradient_norm > 0 ? kTrust * value_norm / gradient_norm : 1;
}

}  // namespace

Momentum::Momentum(std::vector<NamedTensor> parameters, const OptimConfig& config,
                   OptimizerRules rules)
    : Optimizer(std::move(parameters), config, std::move(rules)) {
  for (const Group& group : groups()) {
    std::vector<at::Tensor>& buffers = buffers_.emplace_back();
    for (const at::Tensor& parameter : group.parameters) {
      buffers.push_back(at::zeros_like(parameter.detach()));
    }
  }
}

void Momentum::update(const GroupStep& part) {
  const bool lars = config().name == "lars";
  for (size_t n = 0; n < part.values.size(); ++n) {
    const at::Tensor& value = part.values[n];
    const bool scales = lars && value.dim() > 1;
    const bool decays = part.weight_decay != 0 && (scales || !lars);
    const at::Tensor gradient =
        decays ? part.gradients[n].add(value, part.weight_decay) : part.gradients[n];
    const double ratio = scales ? trust_ratio(value, gradient) : 1;
    at::Tensor& buffer = buffers_[part.group][part.numbers[n]];
    buffer.mul_(config().momentum).add_(gradient, ratio);
    value.sub_(buffer, part.lr);
  }
}

std::vector<NamedTensor> Momentum::state() const {
  std::vector<NamedTensor> tensors;
  for (size_t n = 0; n < buffers_.size(); ++n) {
    for (size_t i = 0; i < buffers_[n].size(); ++i) {
      tensors.push_back({"momentum." + groups()[n].names[i], buffers_[n][i]});
    }
  }
  return tensors;
}

}  // namespace dyt::optim
