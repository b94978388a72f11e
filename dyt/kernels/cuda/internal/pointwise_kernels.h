// SPDX-License-Identifier: Apache-2.0
// What the forward and backward kernels of the point-wise family share: parameters as numbers.
//
// One body serves both layouts, all parameter types, absent parameters and the residual addition,
// since all of these are the same for a whole grid: the hot loop depends on f and the type. kWhole
// means 16-byte accesses: the arrays are aligned and a thread's V elements lie together.
#pragma once

#include "dyt/kernels/cuda/internal/numbers.h"
#include "dyt/kernels/cuda/internal/walk.h"

namespace dyt::kernels::cuda {

// u = fma(alpha, x, shift). -0 stands for no shift and no bias, 1 for no weight: they change
// nothing.
template <class A>
struct Scalars {
  A alpha, shift;
};

template <class A, class Arguments>
DYT_DEVICE Scalars<A> load_scalars(const Arguments& arguments) {
  const DType type = arguments.parameter_type;
  return {load_parameter<A>(type, arguments.alpha, 0),
          arguments.shift != nullptr ? load_parameter<A>(type, arguments.shift, 0) : A(-0.0)};
}

template <class A, int V>
DYT_DEVICE void load_channels(const Walk& walk, DType type, const void* parameter, int64_t tile,
                              Seat seat, A absent, A (&numbers)[V]) {
  DYT_UNROLL
  for (int i = 0; i < V; ++i) {
    const int64_t channel = channel_of(walk, tile, seat, i);
    const bool there = parameter != nullptr && channel < walk.channels;
    numbers[i] = there ? load_parameter<A>(type, parameter, channel) : absent;
  }
}

}  // namespace dyt::kernels::cuda
