// SPDX-License-Identifier: Apache-2.0
// The last step of a backward: partial sums become gradients of parameters, in a fixed order and in
// fp64, rounded once to the parameters' type.
#pragma once

#include "dyt/kernels/cuda/internal/numbers.h"
#include "dyt/kernels/cuda/internal/walk.h"

namespace dyt::kernels::cuda {

inline constexpr int kFinishLanes = 32;  // channels of a block; 8 threads share one
inline constexpr int kFinishShares = kBlock / kFinishLanes;

struct FinishArguments {
  int64_t channels, groups, blocks;
  DType parameter_type;
  const void* partial_weight;  // (groups, channels)
  const void* partial_bias;
  const void* partial_alpha;  // (blocks); null: no such gradients
  const void* partial_shift;
  void* grad_weight;  // null: not wanted
  void* grad_bias;
  void* grad_alpha;
  void* grad_shift;
};

// Blocks of kBlock threads: one for each kFinishLanes channels, and one more for alpha and shift.
constexpr int64_t finish_blocks(int64_t channels) { return divided_up(channels, kFinishLanes) + 1; }

// Every `every`-th number from `first` on, `apart` elements from one to the next.
template <class A>
DYT_DEVICE double sum_of_every(const A* numbers, int64_t first, int64_t every, int64_t count,
                               int64_t apart) {
  double sum = 0;
  DYT_UNROLL_BY_4
  for (int64_t n = first; n < count; n += every) {
    sum += static_cast<double>(numbers[n * apart]);
  }
  return sum;
}

template <class A, class Machine>
DYT_DEVICE void finish_channels(const FinishArguments& arguments, Machine machine, double* shared,
                                const void* partial, void* gradient) {
  const int lane = machine.thread() % kFinishLanes;
  const int share = machine.thread() / kFinishLanes;
  const int64_t channel = machine.block_x() * kFinishLanes + lane;
  const bool there = channel < arguments.channels;
  shared[machine.thread()] = there
                                 ? sum_of_every(static_cast<const A*>(partial) + channel, share,
                                                kFinishShares, arguments.groups, arguments.channels)
                                 : 0;
  machine.meet();
  if (there && share == 0) {
    double sum = 0;
    for (int s = 0; s < kFinishShares; ++s) {
      sum += shared[s * kFinishLanes + lane];
    }
    store_parameter(arguments.parameter_type, gradient, channel, sum);
  }
  machine.meet();
}

template <class A, class Machine>
DYT_DEVICE void finish_scalar(const FinishArguments& arguments, Machine machine, double* shared,
                              const void* partial, void* gradient) {
  const int thread = machine.thread();
  shared[thread] =
      sum_of_every(static_cast<const A*>(partial), thread, kBlock, arguments.blocks, 1);
  machine.meet();
  for (int half = kBlock / 2; half > 0; half /= 2) {
    if (thread < half) {
      shared[thread] += shared[thread + half];
    }
    machine.meet();
  }
  if (thread == 0) {
    store_parameter(arguments.parameter_type, gradient, 0, shared[0]);
  }
  machine.meet();
}

template <class A, class Machine>
DYT_DEVICE void finish_thread(const FinishArguments& arguments, Machine machine, double* shared) {
  const bool scalars = machine.block_x() == machine.blocks_x() - 1;
  if (!scalars) {
    if (arguments.grad_weight != nullptr) {
      finish_channels<A>(arguments, machine, shared, arguments.partial_weight,
                         arguments.grad_weight);
    }
    if (arguments.grad_bias != nullptr) {
      finish_channels<A>(arguments, machine, shared, arguments.partial_bias, arguments.grad_bias);
    }
    return;
  }
  if (arguments.grad_alpha != nullptr) {
    finish_scalar<A>(arguments, machine, shared, arguments.partial_alpha, arguments.grad_alpha);
  }
  if (arguments.grad_shift != nullptr) {
    finish_scalar<A>(arguments, machine, shared, arguments.partial_shift, arguments.grad_shift);
  }
}

}  // namespace dyt::kernels::cuda
