// SPDX-License-Identifier: Apache-2.0
// The update of named parameters from their gradients, by one of three rules.
//
//   std::unique_ptr<Optimizer> optimizer = make_optimizer(named_parameters(*model), config);
//   optimizer->zero_grad(); loss.backward();
//   optimizer->step(learning_rate(config, step, steps));
//
// What a rule keeps of each parameter has the parameter's name, so that a checkpoint holds tensors
// that can be told apart.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
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

struct OptimizerRules {
  // The factor of a parameter's learning rate by its name, for layer-wise decay; empty: 1 for all.
  std::function<double(const std::string&)> rate_scale;
  // A parameter without a gradient: passed over, so that its value and all that is kept of it stay
  // (PyTorch's rule); else Error(kInternal).
  bool skip_missing_gradients = false;
};

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // One update with this learning rate from the parameters' gradients; a parameter without a
  // gradient is an Error(kInternal) that names it, or passed over where the rules say so.
  void step(double lr);
  void zero_grad();

  // From the next step on, for the parameters that decay.
  void set_weight_decay(double weight_decay);

  // What a checkpoint stores.
  virtual std::vector<NamedTensor> state() const = 0;

 protected:
  // Parameters that share their decay and the factor of their rate.
  struct Group {
    bool decays = false;
    double rate_scale = 1;
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters;
  };

  // The part of a step that one group takes: the parameters with these numbers in the group, never
  // none. `values` share the parameters' memory.
  struct GroupStep {
    size_t group = 0;
    std::vector<size_t> numbers;
    std::vector<at::Tensor> values, gradients;
    double lr = 0, weight_decay = 0;
  };

  // Keeps references to the parameters; those without requires_grad are left out.
  Optimizer(std::vector<NamedTensor> parameters, const OptimConfig& config, OptimizerRules rules);

  virtual void begin_step() {}
  virtual void update(const GroupStep& part) = 0;

  const OptimConfig& config() const { return config_; }
  const OptimizerRules& rules() const { return rules_; }
  const std::vector<Group>& groups() const { return groups_; }

 private:
  GroupStep part_of(size_t group, double lr) const;

  OptimConfig config_;
  OptimizerRules rules_;
  std::vector<Group> groups_;
};

std::unique_ptr<Optimizer> make_optimizer(std::vector<NamedTensor> parameters,
                                          const OptimConfig& config, OptimizerRules rules = {});

}  // namespace dyt::optim
