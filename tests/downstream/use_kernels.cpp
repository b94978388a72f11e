// SPDX-License-Identifier: Apache-2.0
// Dynamic Tanh on raw pointers, as an inference engine would call it.
#include <cmath>
#include <vector>

#include "dyt/kernels/pointwise.h"

int main() {
  const std::vector<float> x = {-1, 0, 2, 4};
  const std::vector<float> weight = {1, 2}, bias = {0, 0.5};
  const float alpha = 0.5;
  std::vector<float> y(4);
  dyt::kernels::forward(
      {.function = dyt::kernels::Function::kTanh,
       .dtype = dyt::kernels::DType::kFloat32,
       .shape = {.outer = 2, .channels = 2},
       .input = x.data(),
       .parameters = {.alpha = &alpha, .weight = weight.data(), .bias = bias.data()},
       .output = y.data()});
  return std::abs(y[3] - (2 * std::tanh(2.0f) + 0.5f)) < 1e-6f ? 0 : 1;
}
