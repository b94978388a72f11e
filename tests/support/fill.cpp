// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fill.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/ones_like.h>

namespace dyt::testing {
namespace {

at::Tensor fill_of_parameter(const std::string& name, const at::Tensor& parameter,
                             double amplitude) {
  if (name.ends_with("weight_g")) {
    return at::ones_like(parameter);
  }
  at::Tensor values = fill_values(name, parameter.sizes());
  if (name.ends_with("alpha")) {
    return values.mul_(0.1).add_(0.5);
  }
  if (parameter.dim() == 1 && name.ends_with("weight")) {
    return values.mul_(0.2).add_(1);
  }
  return values.mul_(amplitude);
}

}  // namespace

uint32_t fill_phase(std::string_view name) {
  uint64_t sum = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    sum += (i + 1) * static_cast<unsigned char>(name[i]);
  }
  return static_cast<uint32_t>(sum % 65521);
}

at::Tensor fill_values(std::string_view name, at::IntArrayRef shape) {
  const at::Tensor values = at::empty(shape, at::kDouble);
  double* value = values.mutable_data_ptr<double>();
  const uint32_t phase = fill_phase(name) * uint32_t{40503};
  for (int64_t j = 0; j < values.numel(); ++j) {
    uint32_t bits = static_cast<uint32_t>(j + 1) * uint32_t{2654435761} + phase;
    bits = (bits ^ (bits >> 16)) * uint32_t{73244475};
    bits = (bits ^ (bits >> 16)) * uint32_t{73244475};
    bits ^= bits >> 16;
    value[j] = static_cast<double>(bits) * 0x1.0p-31 - 1;
  }
  return values;
}

void fill_module(torch::nn::Module& module, double amplitude) {
  for (const auto& item : module.named_parameters()) {
    if (item.key().ends_with("pos_embed") && !item.value().requires_grad()) {
      continue;
    }
    item.value().detach().copy_(fill_of_parameter(item.key(), item.value(), amplitude));
  }
}

}  // namespace dyt::testing
