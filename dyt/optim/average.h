// SPDX-License-Identifier: Apache-2.0
// Moving averages of weights: a teacher that follows its student, an average of a training's
// weights.
//
//   move_average(named_parameters(*teacher), named_parameters(*student), 0.996);
#pragma once

#include <span>

#include "dyt/optim/optimizer.h"

namespace dyt::optim {

// average <- decay * average + (1 - decay) * value, for every tensor of `averages`, frozen ones
// too. The two are paired by name. No gradient sees it. Error(kInternal) that names what stands in
// one of them only or has another shape; then nothing has moved.
void move_average(std::span<const NamedTensor> averages, std::span<const NamedTensor> values,
                  double decay);

// The same for one tensor, in place.
void move_average(const at::Tensor& average, const at::Tensor& value, double decay);

}  // namespace dyt::optim
