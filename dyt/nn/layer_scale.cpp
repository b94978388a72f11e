// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/layer_scale.h"

#include <ATen/ops/empty.h>

namespace dyt::nn {

LayerScale::LayerScale(int64_t dim, double initial_value, const at::TensorOptions& options)
    : initial_value_(initial_value),
      gamma_(register_parameter("gamma", at::empty({dim}, options))) {
  reset();
}

void LayerScale::reset() { gamma_.detach().fill_(initial_value_); }

}  // namespace dyt::nn
