// SPDX-License-Identifier: Apache-2.0
// The point-wise backward: what one thread does, for the GPU and for the tests' CPU emulation.
#pragma once

#include "dyt/kernels/cuda/internal/pointwise_kernels.h"

namespace dyt::kernels::cuda {

// Pointers as in BackwardProblem.
struct BackwardArguments {
  Walk walk;
  DType parameter_type;
  const void* grad_output;
  const void* input;
  const void* grad_sum;
  const void* alpha;
  const void* shift;
  const void* weight;
  void* grad_input;
  // Partial sums in the arithmetic type: (groups, channels) twice, then one number a block twice.
  void* partial_weight;
  void* partial_bias;
  void* partial_alpha;
  void* partial_shift;
};

// A thread's sums: weight and bias of its V elements' channels, alpha and shift of all.
template <class T>
struct Sums {
  Arithmetic<T> weight[kVector<T>], bias[kVector<T>];
  Arithmetic<T> alpha, shift;
};

template <class F, class T, Precision P, bool kWhole, int kCount>
DYT_DEVICE void backward_steps(const BackwardArguments& arguments, const Run& run, int64_t first,
                               Scalars<Arithmetic<T>> scalars,
                               const Arithmetic<T> (&weight)[kVector<T>], Sums<T>& sums) {
  using A = Arithmetic<T>;
  const int64_t step = arguments.walk.step;
  const int64_t start = run.start + first * step;
  const auto present = [&](int k) {
    return Present{left_at(arguments.walk, run, first + k), arguments.walk.stride};
  };
  Words x[kCount], g[kCount];
  DYT_UNROLL
  for (int k = 0; k < kCount; ++k) {
    x[k] = load<kWhole>(static_cast<const T*>(arguments.input) + start + k * step, present(k));
    g[k] =
        load<kWhole>(static_cast<const T*>(arguments.grad_output) + start + k * step, present(k));
  }
  DYT_UNROLL
  for (int k = 0; k < kCount; ++k) {
    A numbers[kVector<T>], gradients[kVector<T>], added[kVector<T>];
    unpack<T>(x[k], numbers);
    unpack<T>(g[k], gradients);
    if (arguments.grad_sum != nullptr) {
      unpack<T>(
          load<kWhole>(static_cast<const T*>(arguments.grad_sum) + start + k * step, present(k)),
          added);
    }
    // The V terms of alpha and shift are summed first: fewer additions to the long-lived sum.
    A alpha = 0, shift = 0;
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {
      const auto f = F::template point<P>(fused(scalars.alpha, numbers[i], scalars.shift));
      const A slope = gradients[i] * weight[i] * f.slope;
      sums.weight[i] = fused(gradients[i], f.value, sums.weight[i]);
      sums.bias[i] += gradients[i];
      alpha = fused(slope, numbers[i], alpha);
      shift += slope;
      numbers[i] = arguments.grad_sum != nullptr ? fused(scalars.alpha, slope, added[i])
                                                 : scalars.alpha * slope;
    }
    sums.alpha += alpha;
    sums.shift += shift;
    if (arguments.grad_input != nullptr) {
      store<kWhole>(static_cast<T*>(arguments.grad_input) + start + k * step, pack<T>(numbers),
                    present(k));
    }
  }
}

template <class F, class T, Precision P, bool kWhole>
DYT_DEVICE void backward_tile(const BackwardArguments& arguments, int64_t tile, Seat seat,
                              int64_t group, Scalars<Arithmetic<T>> scalars, Sums<T>& sums) {
  using A = Arithmetic<T>;
  constexpr int kSteps = kWhole && P != Precision::kDouble ? 2 : 1;
  const Walk& walk = arguments.walk;
  A weight[kVector<T>];
  load_channels(walk, arguments.parameter_type, arguments.weight, tile, seat, A(1), weight);
  for (int64_t unit = group * walk.rows + seat.row; unit < walk.units; unit += walk.apart) {
    const Run run = run_of(walk, tile, seat, unit);
    int64_t k = 0;
    if constexpr (kSteps > 1) {
      for (; k + kSteps <= run.count; k += kSteps) {
        backward_steps<F, T, P, kWhole, kSteps>(arguments, run, k, scalars, weight, sums);
      }
    }
    DYT_NO_UNROLL
    for (; k < run.count; ++k) {
      backward_steps<F, T, P, kWhole, 1>(arguments, run, k, scalars, weight, sums);
    }
  }
}

// The block's sums of one parameter, channel by channel, in the order of rows and lanes; `shared`
// has room for V numbers a thread.
template <class A, int V, class Machine>
DYT_DEVICE void store_partial(const Walk& walk, int64_t tile, Machine machine, const A (&sums)[V],
                              A* shared, A* partial) {
  const int thread = machine.thread();
  A over_all = 0;
  DYT_UNROLL
  for (int i = 0; i < V; ++i) {
    shared[thread * V + i] = sums[i];
    over_all += sums[i];
  }
  if (!walk.channels_last) {
    shared[thread * V] = over_all;
  }
  machine.meet();
  // Channels last: one sum for each (lane, i), over the rows. Else one an item, over rows and
  // lanes.
  const int results = walk.channels_last ? walk.lanes * V : walk.items;
  for (int result = thread; result < results; result += machine.threads()) {
    A sum = 0;
    for (int row = 0; row < walk.rows; ++row) {
      if (walk.channels_last) {
        sum += shared[row * results + result];
      } else {
        for (int lane = 0; lane < walk.lanes; ++lane) {
          sum += shared[((row * walk.items + result) * walk.lanes + lane) * V];
        }
      }
    }
    const Seat seat{walk.channels_last ? result / V : 0, result, 0};
    const int64_t channel = channel_of(walk, tile, seat, result % V);
    if (channel < walk.channels) {
      partial[channel] = sum;
    }
  }
  machine.meet();
}

// The block's sum of one number a thread, by a tree of fixed shape; thread 0 has it.
template <class A, class Machine>
DYT_DEVICE A sum_of_block(A number, Machine machine, A* shared) {
  const int thread = machine.thread();
  shared[thread] = number;
  machine.meet();
  for (int half = kBlock / 2; half > 0; half /= 2) {
    if (thread < half && thread + half < machine.threads()) {
      shared[thread] += shared[thread + half];
    }
    machine.meet();
  }
  return shared[0];
}

template <class F, class T, Precision P, bool kWhole, class Machine>
DYT_DEVICE void backward_thread(const BackwardArguments& arguments, Machine machine,
                                Arithmetic<T>* shared) {
  using A = Arithmetic<T>;
  const Walk& walk = arguments.walk;
  const auto scalars = load_scalars<A>(arguments);
  const Seat seat = seat_of(walk, machine.thread());
  const int64_t group = machine.block_y();
  Sums<T> sums;
  sums.alpha = 0;
  sums.shift = 0;
  for (int64_t tile = machine.block_x(); tile < walk.tiles; tile += machine.blocks_x()) {
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {
      sums.weight[i] = 0;
      sums.bias[i] = 0;
    }
    backward_tile<F, T, P, kWhole>(arguments, tile, seat, group, scalars, sums);
    const int64_t row = group * walk.channels;
    store_partial(walk, tile, machine, sums.weight, shared,
                  static_cast<A*>(arguments.partial_weight) + row);
    store_partial(walk, tile, machine, sums.bias, shared,
                  static_cast<A*>(arguments.partial_bias) + row);
  }
  const A alpha = sum_of_block(sums.alpha, machine, shared);
  machine.meet();
  const A shift = sum_of_block(sums.shift, machine, shared);
  if (machine.thread() == 0) {
    const int64_t block = group * machine.blocks_x() + machine.block_x();
    static_cast<A*>(arguments.partial_alpha)[block] = alpha;
    static_cast<A*>(arguments.partial_shift)[block] = shift;
  }
}

}  // namespace dyt::kernels::cuda
