// AdamW (Loshchilov and Hutter, 2019; the update of torch.optim.AdamW in PyTorch 2.11) over named
// parameters. The arithmetic is LibTorch's own fused kernel; what is ours is the state by parameter
// name, so that a checkpoint holds tensors that can be told apart, and the decay rule.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "dyt/optim/optim_config.h"

namespace torch::nn {
class Module;
}

namespace dyt::optim {

struct NamedTensor {
  std::string name;
  at::Tensor tensor;
};

// In registration order, by their dotted names.
std::vector<NamedTensor> named_parameters(const torch::nn::Module& module);

class AdamW {
 public:
  // Keeps references to the parameters; those without requires_grad are left out.
  AdamW(std::vector<NamedTensor> parameters, const OptimConfig& config);

  // One update with this learning rate from the parameters' gradients; a parameter without a
  // gradient is an Error(kInternal) that names it.
  void step(double lr);
  void zero_grad();

  // "exp_avg.<name>", "exp_avg_sq.<name>" and "step" (float32 scalar): what a checkpoint stores.
  std::vector<NamedTensor> state() const;

 private:
  struct Group {
    double weight_decay = 0;
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters, exp_avgs, exp_avg_sqs, steps;
  };

  void step_group(Group& group, double lr);

  OptimConfig config_;
  std::vector<Group> groups_;
  at::Tensor step_;  // one counter that all parameters share
};

}  // namespace dyt::optim
