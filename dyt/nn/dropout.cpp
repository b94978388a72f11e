// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/dropout.h"

#include <ATen/ops/empty.h>

namespace dyt::nn {

at::Tensor Dropout::forward(const at::Tensor& input) const {
  if (!draws()) {
    return input;
  }
  core::RandomStream random = stream();
  const double keep = 1 - rate();
  const at::Tensor factors = at::empty(input.sizes(), at::kFloat);
  float* factor = factors.mutable_data_ptr<float>();
  for (int64_t i = 0; i < factors.numel(); ++i) {
    factor[i] = random.uniform() < keep ? static_cast<float>(1 / keep) : 0.0F;
  }
  return input * factors.to(input.options());
}

}  // namespace dyt::nn
