// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/conv_unit.h"

#include <cmath>

#include "dyt/models/weight_streams.h"

namespace dyt::models {

void fill_he(const nn::Conv2d& conv, uint64_t seed, const std::string& name) {
  const at::Tensor& weight = conv.weight();  // (out, in, k, k)
  const auto fan_out = static_cast<double>(weight.size(0) * weight.size(2) * weight.size(3));
  const double std = std::sqrt(2 / fan_out);
  fill_from_stream(weight, seed, name,
                   [&](core::RandomStream& stream) { return std * stream.normal(); });
}

}  // namespace dyt::models
