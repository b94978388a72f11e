// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/gradients.h"

#include <ATen/ops/linalg_vector_norm.h>
#include <torch/nn/module.h>
#include <torch/nn/utils/clip_grad.h>

namespace dyt::optim {

void clip_each_gradient(std::span<const NamedTensor> parameters, double limit) {
  constexpr double kEps = 1e-6;
  const at::NoGradGuard no_grad;
  for (const NamedTensor& parameter : parameters) {
    const at::Tensor gradient = parameter.tensor.grad();
    if (gradient.defined()) {
      // A factor on the device: no wait for its value.
      gradient.mul_((limit / (at::linalg_vector_norm(gradient) + kEps)).clamp_max(1));
    }
  }
}

void clip_gradients(const torch::nn::Module& module, const OptimConfig& config) {
  if (config.clip_norm <= 0) {
    return;
  }
  if (config.clip_each) {
    clip_each_gradient(named_parameters(module), config.clip_norm);
    return;
  }
  std::vector<at::Tensor> parameters;
  for (const at::Tensor& parameter : module.parameters()) {
    if (parameter.grad().defined()) {
      parameters.push_back(parameter);
    }
  }
  torch::nn::utils::clip_grad_norm_(parameters, config.clip_norm);
}

void drop_gradients(std::span<const NamedTensor> parameters, std::string_view part) {
  for (const NamedTensor& parameter : parameters) {
    if (parameter.name.find(part) != std::string::npos) {
      at::Tensor(parameter.tensor).mutable_grad() = at::Tensor();
    }
  }
}

}  // namespace dyt::optim
