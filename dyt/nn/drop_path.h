// SPDX-License-Identifier: Apache-2.0
// Stochastic depth (Huang et al., arXiv 1603.09382): in training a sample loses its whole branch
// with probability `rate`, and what stays is divided by 1 - rate.
#pragma once

#include <vector>

#include "dyt/nn/random_layer.h"

namespace dyt::nn {

class DropPath final : public RandomLayer {
 public:
  explicit DropPath(double rate) : RandomLayer("drop_path", rate) {}

  at::Tensor forward(const at::Tensor& branch) const;  // (B, ...) -> (B, ...)
};

// The rate of each block: from 0 for the first to `rate` for the last in equal steps.
std::vector<double> drop_path_rates(double rate, int64_t depth);

}  // namespace dyt::nn
