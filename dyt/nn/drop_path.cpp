// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/drop_path.h"

#include <ATen/ops/tensor.h>

namespace dyt::nn {

at::Tensor DropPath::forward(const at::Tensor& branch) const {
  if (!draws()) {
    return branch;
  }
  core::RandomStream random = stream();
  const double keep = 1 - rate();
  const int64_t B = branch.size(0);
  std::vector<double> factors;
  for (int64_t sample = 0; sample < B; ++sample) {
    factors.push_back(random.uniform() < keep ? 1 / keep : 0.0);
  }
  std::vector<int64_t> shape(branch.dim(), 1);
  shape[0] = B;
  return branch * at::tensor(factors, at::kDouble).to(branch.options()).view(shape);
}

std::vector<double> drop_path_rates(double rate, int64_t depth) {
  std::vector<double> rates;
  for (int64_t block = 0; block < depth; ++block) {
    rates.push_back(depth > 1 ? rate * static_cast<double>(block) / static_cast<double>(depth - 1)
                              : 0.0);
  }
  return rates;
}

}  // namespace dyt::nn
