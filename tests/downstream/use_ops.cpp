// SPDX-License-Identifier: Apache-2.0
// The same function as a LibTorch operator.
#include <ATen/ATen.h>

#include "dyt/ops/pointwise.h"

int main() {
  const at::Tensor x = at::linspace(-2, 2, 8).reshape({2, 4});
  const at::Tensor y = dyt::ops::pointwise(x, at::full({1}, 0.5), {}, {}, {}, "tanh");
  return at::allclose(y, at::tanh(0.5 * x)) ? 0 : 1;
}
