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

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  // One update with this learning rate from the parameters' gradients; a parameter without a
  // gradient is an Error(kInternal) that names it.
  void step(double lr);
  void zero_grad();

  // What a checkpoint stores.
  virtual std::vector<NamedTensor> state() const = 0;

 protected:
  // Parameters that share their decay and the factor of their rate.
  struct Group {
    double weight_decay = 0;
    double rate_scale = 1;
    std::vector<std::string> names;
    std::vector<at::Tensor> parameters;
  };

  // Keeps references to the parameters; those without requires_grad are left out.
  Optimizer(std::vector<NamedTensor> parameters, const OptimConfig& config,
            const std::function<double(const std::string&)>& rate_scale);

  // Of the group with this number; `values` share the parameters' memory. `lr` is the group's own.
  virtual void update(size_t group, const std::vector<at::Tensor>& values,
                      const std::vector<at::Tensor>& gradients, double lr) = 0;
  virtual void begin_step() {}

  const OptimConfig& config() const { return config_; }
  const std::vector<Group>& groups() const { return groups_; }

 private:
  OptimConfig config_;
  std::vector<Group> groups_;
};

// `rate_scale`: the factor of a parameter's learning rate by its name, for layer-wise decay; empty:
// 1 for all.
std::unique_ptr<Optimizer> make_optimizer(
    std::vector<NamedTensor> parameters, const OptimConfig& config,
    const std::function<double(const std::string&)>& rate_scale = {});

}  // namespace dyt::optim
