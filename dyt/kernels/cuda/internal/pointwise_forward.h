// SPDX-License-Identifier: Apache-2.0
// The point-wise forward: what one thread does, for the GPU and for the tests' CPU emulation.
#pragma once

#include "dyt/kernels/cuda/internal/pointwise_kernels.h"

namespace dyt::kernels::cuda {

// Pointers as in ForwardProblem.
struct ForwardArguments {
  Walk walk;
  DType parameter_type;
  const void* input;
  const void* residual;
  const void* alpha;
  const void* shift;
  const void* weight;
  const void* bias;
  void* sum;
  void* output;
};

// kCount vectors of a run from step `first` on: all loads are under way before the first is used.
template <class F, class T, Precision P, bool kWhole, int kCount>
DYT_DEVICE void forward_steps(const ForwardArguments& arguments, const Run& run, int64_t first,
                              Scalars<Arithmetic<T>> scalars,
                              const Arithmetic<T> (&weight)[kVector<T>],
                              const Arithmetic<T> (&bias)[kVector<T>]) {
  using A = Arithmetic<T>;
  const int64_t step = arguments.walk.step;
  const int64_t start = run.start + first * step;
  const auto present = [&](int k) {
    return Present{left_at(arguments.walk, run, first + k), arguments.walk.stride};
  };
  Words x[kCount];
  DYT_UNROLL
  for (int k = 0; k < kCount; ++k) {
    x[k] = load<kWhole>(static_cast<const T*>(arguments.input) + start + k * step, present(k));
  }
  if (arguments.residual != nullptr) {
    Words residual[kCount];
    DYT_UNROLL
    for (int k = 0; k < kCount; ++k) {
      residual[k] =
          load<kWhole>(static_cast<const T*>(arguments.residual) + start + k * step, present(k));
    }
    DYT_UNROLL
    for (int k = 0; k < kCount; ++k) {
      x[k] = added<T>(x[k], residual[k]);
      store<kWhole>(static_cast<T*>(arguments.sum) + start + k * step, x[k], present(k));
    }
  }
  DYT_UNROLL
  for (int k = 0; k < kCount; ++k) {
    A numbers[kVector<T>];
    unpack<T>(x[k], numbers);
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {
      const A u = fused(scalars.alpha, numbers[i], scalars.shift);
      numbers[i] = fused(weight[i], F::template value<P>(u), bias[i]);
    }
    store<kWhole>(static_cast<T*>(arguments.output) + start + k * step, pack<T>(numbers),
                  present(k));
  }
}

template <class F, class T, Precision P, bool kWhole>
DYT_DEVICE void forward_tile(const ForwardArguments& arguments, int64_t tile, Seat seat,
                             int64_t group, Scalars<Arithmetic<T>> scalars) {
  using A = Arithmetic<T>;
  constexpr int kSteps = kWhole && P != Precision::kDouble ? 2 : 1;
  const Walk& walk = arguments.walk;
  A weight[kVector<T>], bias[kVector<T>];
  load_channels(walk, arguments.parameter_type, arguments.weight, tile, seat, A(1), weight);
  load_channels(walk, arguments.parameter_type, arguments.bias, tile, seat, A(-0.0), bias);
  for (int64_t unit = group * walk.rows + seat.row; unit < walk.units; unit += walk.apart) {
    const Run run = run_of(walk, tile, seat, unit);
    int64_t k = 0;
    if constexpr (kSteps > 1) {
      for (; k + kSteps <= run.count; k += kSteps) {
        forward_steps<F, T, P, kWhole, kSteps>(arguments, run, k, scalars, weight, bias);
      }
    }
    DYT_NO_UNROLL
    for (; k < run.count; ++k) {
      forward_steps<F, T, P, kWhole, 1>(arguments, run, k, scalars, weight, bias);
    }
  }
}

template <class F, class T, Precision P, bool kWhole, class Machine>
DYT_DEVICE void forward_thread(const ForwardArguments& arguments, Machine machine) {
  const auto scalars = load_scalars<Arithmetic<T>>(arguments);
  const Seat seat = seat_of(arguments.walk, machine.thread());
  for (int64_t tile = machine.block_x(); tile < arguments.walk.tiles; tile += machine.blocks_x()) {
    forward_tile<F, T, P, kWhole>(arguments, tile, seat, machine.block_y(), scalars);
  }
}

}  // namespace dyt::kernels::cuda
