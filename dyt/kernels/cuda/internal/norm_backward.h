// SPDX-License-Identifier: Apache-2.0
// LayerNorm and RMSNorm, backward: what one thread does, in one pass over memory. A thread keeps
// its columns of the row and their sums in registers; in rows wider than that the rest is read
// again, and its sums lie in the block's own row of the workspace.
//
// With h = g * weight and x^ the normalized row: grad = rstd * (h - mean(h) - x^ * mean(h * x^));
// for RMS without mean(h).
#pragma once

#include "dyt/kernels/cuda/internal/norm_kernels.h"

namespace dyt::kernels::cuda {

// Pointers as in NormBackwardProblem.
struct NormBackwardArguments {
  NormWalk walk;
  bool rms;
  DType parameter_type;
  const void* grad_output;
  const void* input;
  const void* grad_sum;
  const void* weight;
  const void* mean;
  const void* rstd;
  void* grad_input;
  void* partial_weight;  // (groups, channels) in the arithmetic type
  void* partial_bias;
};

// A thread's columns: of the current row, and what is summed over all its rows.
template <class T, bool kWhole>
struct NormGradients {
  using A = Arithmetic<T>;
  static constexpr int V = kVector<T>;
  static constexpr int kTiles = backward_tiles(sizeof(T));

  const NormBackwardArguments& arguments;
  int lane;
  A* far_weight;  // the block's row of the workspace
  A* far_bias;
  int64_t row = 0;
  A mean = 0, rstd = 0;
  Words kept_x[kTiles], kept_g[kTiles];
  A weight[kTiles][V], bias[kTiles][V];

  DYT_DEVICE Present present(int64_t j) const {
    const int64_t left = arguments.walk.channels - first_column(arguments.walk, j, lane);
    return {row < arguments.walk.rows ? left : 0, arguments.walk.stride};
  }
  DYT_DEVICE int64_t at(int64_t j) const {
    return row * arguments.walk.channels + first_column(arguments.walk, j, lane);
  }
  DYT_DEVICE Words read(const void* array, int64_t j) const {
    return load_in_row<kWhole>(static_cast<const T*>(array) + at(j), present(j));
  }

  DYT_DEVICE void start_row(int64_t next) {
    row = next;
    const bool there = row < arguments.walk.rows;
    mean = there && !arguments.rms ? static_cast<const A*>(arguments.mean)[row] : A(0);
    rstd = there ? static_cast<const A*>(arguments.rstd)[row] : A(0);
  }

  // x^, g and h of tile j.
  DYT_DEVICE void unpack_tile(const Words& x, const Words& g, int64_t j, A (&normal)[V],
                              A (&gradient)[V], A (&h)[V]) const {
    unpack<T>(x, normal);
    unpack<T>(g, gradient);
    load_columns<kWhole>(arguments.parameter_type, present(j).left > 0 ? arguments.weight : nullptr,
                         first_column(arguments.walk, j, lane), present(j), A(1), h);
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      normal[i] = (normal[i] - mean) * rstd;
      h[i] *= gradient[i];
    }
  }

  // Adds tile j to the row's sums of h and h x^. Absent numbers have g = 0.
  DYT_DEVICE void add_tile(const A (&normal)[V], const A (&h)[V], A& sum_h, A& sum_hx) const {
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      sum_h += h[i];
      sum_hx = fused(h[i], normal[i], sum_hx);
    }
  }

  DYT_DEVICE void read_row(A& sum_h, A& sum_hx) {
    A normal[V], gradient[V], h[V];
    DYT_UNROLL
    for (int j = 0; j < kTiles; ++j) {
      if (j < arguments.walk.tiles) {
        kept_x[j] = read(arguments.input, j);
        kept_g[j] = read(arguments.grad_output, j);
        unpack_tile(kept_x[j], kept_g[j], j, normal, gradient, h);
        add_tile(normal, h, sum_h, sum_hx);
        DYT_UNROLL
        for (int i = 0; i < V; ++i) {
          weight[j][i] = fused(gradient[i], normal[i], weight[j][i]);
          bias[j][i] += gradient[i];
        }
      }
    }
    DYT_NO_UNROLL
    for (int64_t j = kTiles; j < arguments.walk.tiles; ++j) {
      unpack_tile(read(arguments.input, j), read(arguments.grad_output, j), j, normal, gradient, h);
      add_tile(normal, h, sum_h, sum_hx);
      add_far(j, normal, gradient);
    }
  }

  DYT_DEVICE void add_far(int64_t j, const A (&normal)[V], const A (&gradient)[V]) {
    const int64_t column = first_column(arguments.walk, j, lane);
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      if (present(j)(i)) {
        const int64_t n = column + i * arguments.walk.stride;
        far_weight[n] = fused(gradient[i], normal[i], far_weight[n]);
        far_bias[n] += gradient[i];
      }
    }
  }

  DYT_DEVICE void store_tile(const Words& x, const Words& g, int64_t j, A mean_h, A mean_hx) const {
    A normal[V], gradient[V], h[V];
    unpack_tile(x, g, j, normal, gradient, h);
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      h[i] = rstd * (h[i] - fused(normal[i], mean_hx, mean_h));
    }
    if (arguments.grad_sum != nullptr) {
      unpack<T>(read(arguments.grad_sum, j), gradient);
      DYT_UNROLL
      for (int i = 0; i < V; ++i) {
        h[i] += gradient[i];
      }
    }
    store_in_row<kWhole>(static_cast<T*>(arguments.grad_input) + at(j), pack<T>(h), present(j));
  }

  DYT_DEVICE void store_row(A mean_h, A mean_hx) const {
    DYT_UNROLL
    for (int j = 0; j < kTiles; ++j) {
      if (j < arguments.walk.tiles) {
        store_tile(kept_x[j], kept_g[j], j, mean_h, mean_hx);
      }
    }
    DYT_NO_UNROLL
    for (int64_t j = kTiles; j < arguments.walk.tiles; ++j) {
      store_tile(read(arguments.input, j), read(arguments.grad_output, j), j, mean_h, mean_hx);
    }
  }

  DYT_DEVICE void start_sums() {
    DYT_UNROLL
    for (int j = 0; j < kTiles; ++j) {
      DYT_UNROLL
      for (int i = 0; i < V; ++i) {
        weight[j][i] = 0;
        bias[j][i] = 0;
      }
    }
    for (int64_t j = kTiles; j < arguments.walk.tiles; ++j) {
      for (int i = 0; i < V; ++i) {
        const int64_t n = first_column(arguments.walk, j, lane) + i * arguments.walk.stride;
        if (n < arguments.walk.channels) {
          far_weight[n] = 0;
          far_bias[n] = 0;
        }
      }
    }
  }
};

// The block's sums of one tile and parameter, over its teams in order; `shared` has room for V
// numbers a thread.
template <class A, int V, class Machine>
DYT_DEVICE void store_tile_sums(const NormWalk& walk, int64_t j, Machine machine,
                                const A (&sums)[V], A* shared, A* partial) {
  const int thread = machine.thread();
  DYT_UNROLL
  for (int i = 0; i < V; ++i) {
    shared[thread * V + i] = sums[i];
  }
  machine.meet();
  const int results = walk.lanes * V;
  for (int result = thread; result < results; result += machine.threads()) {
    A sum = 0;
    for (int team = 0; team < walk.teams; ++team) {
      sum += shared[team * results + result];
    }
    const int64_t column = first_column(walk, j, result / V) + result % V * walk.stride;
    if (column < walk.channels) {
      partial[column] = sum;
    }
  }
  machine.meet();
}

template <class T, bool kWhole, class Machine>
DYT_DEVICE void norm_backward_thread(const NormBackwardArguments& arguments, Machine machine,
                                     Arithmetic<T>* shared) {
  using A = Arithmetic<T>;
  const NormWalk& walk = arguments.walk;
  Team<A, Machine> team{machine, walk.lanes, shared};
  const int64_t own = machine.block_x() * walk.channels;
  NormGradients<T, kWhole> gradients{arguments, team.lane(),
                                     static_cast<A*>(arguments.partial_weight) + own,
                                     static_cast<A*>(arguments.partial_bias) + own};
  gradients.start_sums();
  const A share = A(1) / static_cast<A>(walk.channels);
  for (int64_t first = machine.block_x() * walk.teams; first < walk.rows;
       first += machine.blocks_x() * walk.teams) {
    gradients.start_row(first + team.number());
    A sum_h = 0, sum_hx = 0;
    gradients.read_row(sum_h, sum_hx);
    team.sum(sum_h, sum_hx);
    if (arguments.grad_input != nullptr) {
      gradients.store_row(arguments.rms ? A(0) : sum_h * share, sum_hx * share);
    }
  }
  machine.meet();  // `shared` is about to be used for something else
  DYT_UNROLL
  for (int j = 0; j < NormGradients<T, kWhole>::kTiles; ++j) {
    if (j < walk.tiles) {
      store_tile_sums(walk, j, machine, gradients.weight[j], shared, gradients.far_weight);
      store_tile_sums(walk, j, machine, gradients.bias[j], shared, gradients.far_bias);
    }
  }
}

}  // namespace dyt::kernels::cuda
