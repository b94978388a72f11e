// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/weight_average.h"

#include <ATen/core/grad_mode.h>

#include "dyt/optim/average.h"

namespace dyt::train {
namespace {

// The values of `to` become those of `from`, in place.
void copy_into(const io::NamedTensors& to, const io::NamedTensors& from) {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < to.size(); ++i) {
    to[i].second.copy_(from[i].second);
  }
}

io::NamedTensors copies(const io::NamedTensors& tensors) {
  io::NamedTensors result;
  for (const auto& [name, tensor] : tensors) {
    result.emplace_back(name, tensor.detach().clone());
  }
  return result;
}

}  // namespace

WeightAverage::WeightAverage(const torch::nn::Module& model, double decay)
    : tensors_(io::module_tensors(model)), averages_(copies(tensors_)), decay_(decay) {}

void WeightAverage::update() {
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < averages_.size(); ++i) {
    const at::Tensor& average = averages_[i].second;
    const at::Tensor value = tensors_[i].second.detach();
    if (average.is_floating_point()) {
      optim::move_average(average, value, decay_);
    } else {
      average.copy_(value);
    }
  }
}

void WeightAverage::evaluate(const std::function<void()>& evaluate) {
  const io::NamedTensors own = copies(tensors_);
  copy_into(tensors_, averages_);
  try {
    evaluate();
  } catch (...) {
    copy_into(tensors_, own);
    throw;
  }
  copy_into(tensors_, own);
}

}  // namespace dyt::train
