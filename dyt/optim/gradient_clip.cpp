#include "dyt/optim/gradient_clip.h"

#include <torch/nn/module.h>
#include <torch/nn/utils/clip_grad.h>

namespace dyt::optim {

void clip_gradients(const torch::nn::Module& module, const OptimConfig& config) {
  if (config.clip_norm <= 0) {
    return;
  }
  std::vector<at::Tensor> parameters;
  for (const at::Tensor& parameter : module.parameters()) {
    if (parameter.grad().defined()) {
      parameters.push_back(parameter);
    }
  }
  if (!config.clip_each) {
    torch::nn::utils::clip_grad_norm_(parameters, config.clip_norm);
    return;
  }
  for (const at::Tensor& parameter : parameters) {
    torch::nn::utils::clip_grad_norm_(std::vector<at::Tensor>{parameter}, config.clip_norm);
  }
}

}  // namespace dyt::optim
