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
                   const std::function<double(const std::string&)>& rate_scale)
    : Optimizer(std::move(parameters), config, rate_scale) {
  for (const Group& group : groups()) {
    std::vector<at::Tensor>& buffers = buffers_.emplace_back();
    for (const at::Tensor& parameter : group.parameters) {
      buffers.push_back(at::zeros_like(parameter.detach()));
    }
  }
}

void Momentum::update(size_t group, const std::vector<at::Tensor>& values,
                      const std::vector<at::Tensor>& gradients, double lr) {
  const bool lars = config().name == "lars";
  const double decay = groups()[group].weight_decay;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool scales = lars && values[i].dim() > 1;
    const bool decays = decay != 0 && (scales || !lars);
    const at::Tensor gradient = decays ? gradients[i].add(values[i], decay) : gradients[i];
    const double ratio = scales ? trust_ratio(values[i], gradient) : 1;
    buffers_[group][i].mul_(config().momentum).add_(gradient, ratio);
    values[i].sub_(buffers_[group][i], lr);
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
