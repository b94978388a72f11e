// SPDX-License-Identifier: Apache-2.0
// Start values by named random streams: each parameter draws from the stream (seed, "weights/<its
// name>"), so that two models of one seed differ in nothing but what differs in their
// configurations.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <string>

#include "dyt/core/random.h"

namespace dyt::models {

// Fills the tensor in row-major order with draw(stream), drawn in double whatever its type.
template <class Draw>
void fill_from_stream(const at::Tensor& tensor, uint64_t seed, const std::string& name,
                      const Draw& draw) {
  core::RandomStream stream(seed, "weights/" + name);
  const at::Tensor values = at::empty(tensor.sizes(), at::kDouble);
  double* value = values.mutable_data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) {
    value[i] = draw(stream);
  }
  tensor.detach().copy_(values);
}

}  // namespace dyt::models
