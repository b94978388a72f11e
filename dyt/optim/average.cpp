// SPDX-License-Identifier: Apache-2.0
#include "dyt/optim/average.h"

#include <ATen/core/grad_mode.h>

#include <map>
#include <string_view>

#include "dyt/core/error.h"

namespace dyt::optim {
namespace {

[[noreturn]] void throw_unpaired(const std::string& name) {
  throw core::Error(
      core::ErrorKind::kInternal,
      {.what = "an average and its source that do not have the same tensors", .where = name});
}

}  // namespace

void move_average(std::span<const NamedTensor> averages, std::span<const NamedTensor> values,
                  double decay) {
  std::map<std::string_view, const at::Tensor*> by_name;
  for (const NamedTensor& value : values) {
    by_name[value.name] = &value.tensor;
  }
  std::vector<std::pair<at::Tensor, at::Tensor>> pairs;
  for (const NamedTensor& average : averages) {
    const auto found = by_name.find(average.name);
    if (found == by_name.end() || found->second->sizes() != average.tensor.sizes()) {
      throw_unpaired(average.name);
    }
    pairs.emplace_back(average.tensor.detach(), found->second->detach());
    by_name.erase(found);
  }
  if (!by_name.empty()) {
    throw_unpaired(std::string(by_name.begin()->first));
  }
  for (const auto& [average, value] : pairs) {
    move_average(average, value, decay);
  }
}

void move_average(const at::Tensor& average, const at::Tensor& value, double decay) {
  const at::NoGradGuard no_grad;
  average.mul_(decay).add_(value, 1 - decay);
}

}  // namespace dyt::optim
