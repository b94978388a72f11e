// SPDX-License-Identifier: Apache-2.0
// LayerNorm and RMSNorm, forward: what one thread does. A row is read once and kept in registers;
// what does not fit there (more than kForwardTiles vectors a thread) is read again.
#pragma once

#include "dyt/kernels/cuda/internal/norm_kernels.h"

namespace dyt::kernels::cuda {

// Pointers as in NormForwardProblem.
struct NormForwardArguments {
  NormWalk walk;
  bool rms;
  DType parameter_type;
  double eps;
  const void* input;
  const void* residual;
  const void* weight;
  const void* bias;
  void* sum;
  void* output;
  void* mean;
  void* rstd;
};

// One row, seen by one lane of its team.
template <class T, bool kWhole>
struct NormRow {
  const NormForwardArguments& arguments;
  int64_t row;
  int lane;
  Words kept[kForwardTiles];

  DYT_DEVICE Present present(int64_t j) const {
    const int64_t left = arguments.walk.channels - first_column(arguments.walk, j, lane);
    return {row < arguments.walk.rows ? left : 0, arguments.walk.stride};
  }
  DYT_DEVICE int64_t at(int64_t j) const {
    return row * arguments.walk.channels + first_column(arguments.walk, j, lane);
  }

  // x of tile j, the residual added; the sum is written.
  DYT_DEVICE Words read(int64_t j) const {
    const Present there = present(j);
    const Words x = load_in_row<kWhole>(static_cast<const T*>(arguments.input) + at(j), there);
    if (arguments.residual == nullptr) {
      return x;
    }
    const Words sum =
        added<T>(x, load_in_row<kWhole>(static_cast<const T*>(arguments.residual) + at(j), there));
    store_in_row<kWhole>(static_cast<T*>(arguments.sum) + at(j), sum, there);
    return sum;
  }

  // The same once more.
  DYT_DEVICE Words read_again(int64_t j) const {
    const void* x = arguments.residual != nullptr ? arguments.sum : arguments.input;
    return load_in_row<kWhole>(static_cast<const T*>(x) + at(j), present(j));
  }

  // visit(numbers, j) over the row's tiles; the first time they are read, kept and visited.
  template <bool kFirst, class Visit>
  DYT_DEVICE void for_each_tile(Visit visit) {
    Arithmetic<T> numbers[kVector<T>];
    DYT_UNROLL
    for (int j = 0; j < kForwardTiles; ++j) {
      if (j < arguments.walk.tiles) {
        if constexpr (kFirst) {
          kept[j] = read(j);
        }
        unpack<T>(kept[j], numbers);
        visit(numbers, j);
      }
    }
    DYT_NO_UNROLL
    for (int64_t j = kForwardTiles; j < arguments.walk.tiles; ++j) {
      unpack<T>(kFirst ? read(j) : read_again(j), numbers);
      visit(numbers, j);
    }
  }
};

// The mean is found in two steps: the second takes what rounding left of the first, so that rows
// far from 0 keep their digits. x - first - second is the deviation.
template <class A>
struct NormStatistics {
  A first, second, rstd;
};

template <class T, bool kWhole, class Team>
DYT_DEVICE NormStatistics<Arithmetic<T>> statistics_of(NormRow<T, kWhole>& row, Team& team) {
  using A = Arithmetic<T>;
  const NormForwardArguments& arguments = row.arguments;
  const A share = A(1) / static_cast<A>(arguments.walk.channels);
  A sum = 0, squares = 0;
  row.template for_each_tile<true>([&](const A(&x)[kVector<T>], int64_t) {
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {  // absent numbers are 0
      sum += x[i];
      squares = fused(x[i], x[i], squares);
    }
  });
  team.sum(sum, squares);
  const A eps = static_cast<A>(arguments.eps);
  if (arguments.rms) {
    return {0, 0, inverse_root(fused(squares, share, eps))};
  }
  const A mean = sum * share;
  sum = 0;
  squares = 0;
  row.template for_each_tile<false>([&](const A(&x)[kVector<T>], int64_t j) {
    const Present present = row.present(j);
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {
      const A deviation = present(i) ? x[i] - mean : A(0);
      sum += deviation;
      squares = fused(deviation, deviation, squares);
    }
  });
  team.sum(sum, squares);
  const A rest = sum * share;
  return {mean, rest, inverse_root(fused(squares, share, eps) - rest * rest)};
}

template <class T, bool kWhole>
DYT_DEVICE void store_row(NormRow<T, kWhole>& row, NormStatistics<Arithmetic<T>> statistics) {
  using A = Arithmetic<T>;
  const NormForwardArguments& arguments = row.arguments;
  row.template for_each_tile<false>([&](A(&x)[kVector<T>], int64_t j) {
    const Present present = row.present(j);
    if (present.left <= 0) {
      return;
    }
    const int64_t column = first_column(arguments.walk, j, row.lane);
    A weight[kVector<T>], bias[kVector<T>];
    load_columns<kWhole>(arguments.parameter_type, arguments.weight, column, present, A(1), weight);
    load_columns<kWhole>(arguments.parameter_type, arguments.bias, column, present, A(-0.0), bias);
    DYT_UNROLL
    for (int i = 0; i < kVector<T>; ++i) {
      const A deviation = x[i] - statistics.first - statistics.second;
      x[i] = fused(deviation * statistics.rstd, weight[i], bias[i]);
    }
    store<kWhole>(static_cast<T*>(arguments.output) + row.at(j), pack<T>(x), present);
  });
  if (row.lane == 0 && row.row < arguments.walk.rows) {
    if (arguments.mean != nullptr) {
      static_cast<A*>(arguments.mean)[row.row] = statistics.first + statistics.second;
    }
    if (arguments.rstd != nullptr) {
      static_cast<A*>(arguments.rstd)[row.row] = statistics.rstd;
    }
  }
}

template <class T, bool kWhole, class Machine>
DYT_DEVICE void norm_forward_thread(const NormForwardArguments& arguments, Machine machine,
                                    Arithmetic<T>* shared) {
  const NormWalk& walk = arguments.walk;
  Team<Arithmetic<T>, Machine> team{machine, walk.lanes, shared};
  // The block stays together: a team without a row computes on zeros.
  for (int64_t first = machine.block_x() * walk.teams; first < walk.rows;
       first += machine.blocks_x() * walk.teams) {
    NormRow<T, kWhole> row{arguments, first + team.number(), team.lane(), {}};
    const auto statistics = statistics_of(row, team);
    store_row(row, statistics);
  }
}

}  // namespace dyt::kernels::cuda
