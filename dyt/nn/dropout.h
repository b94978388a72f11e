// SPDX-License-Identifier: Apache-2.0
// Dropout (Srivastava et al., JMLR 15, 2014): in training each element is zeroed with probability
// `rate`, and what stays is divided by 1 - rate.
#pragma once

#include "dyt/nn/random_layer.h"

namespace dyt::nn {

class Dropout final : public RandomLayer {
 public:
  explicit Dropout(double rate) : RandomLayer("dropout", rate) {}

  at::Tensor forward(const at::Tensor& input) const;  // any shape; draws in row-major order
};

}  // namespace dyt::nn
