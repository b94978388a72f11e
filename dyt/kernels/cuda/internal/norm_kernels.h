// SPDX-License-Identifier: Apache-2.0
// What the forward and backward kernels of the norms share: sums over a team, parameters of a tile.
#pragma once

#include "dyt/kernels/cuda/internal/norm_walk.h"
#include "dyt/kernels/cuda/internal/numbers.h"

namespace dyt::kernels::cuda {

inline constexpr int kTeamWords = 2 * 2 * kMaxLanes / 32;  // numbers of shared memory for sum()

// A thread's place in its team, and the team's sums.
template <class A, class Machine>
struct Team {
  Machine machine;
  int lanes;
  A* shared;
  int turn = 0;

  DYT_DEVICE int lane() const { return machine.thread() % lanes; }
  DYT_DEVICE int number() const { return machine.thread() / lanes; }

  // Both values summed over the team, the same bits in every lane. All threads of the block come
  // here together. Two buffers take turns, so one meeting a call is enough.
  DYT_DEVICE void sum(A& first, A& second) {
    for (int distance = smaller(lanes, 32) / 2; distance > 0; distance /= 2) {
      first += machine.of_lane_across(first, distance);
      second += machine.of_lane_across(second, distance);
    }
    if (lanes <= 32) {
      return;
    }
    const int warps = lanes / 32;
    A* const buffer = shared + turn * (kTeamWords / 2);
    turn ^= 1;
    if (machine.thread() % 32 == 0) {
      buffer[machine.thread() / 32 * 2] = first;
      buffer[machine.thread() / 32 * 2 + 1] = second;
    }
    machine.meet();
    first = 0;
    second = 0;
    for (int warp = 0; warp < warps; ++warp) {
      first += buffer[warp * 2];
      second += buffer[warp * 2 + 1];
    }
  }
};

// 1 / sqrt(d) for d >= 0, as 1 / 0 = infinity.
DYT_DEVICE float inverse_root(float d) {
  const float r = inverse_root_approx(d);
  const bool plain = d > 0x1p-100f && d < 0x1p100f;
  return plain ? fused(0.5f * r, fused(-d * r, r, 1.0f), r) : r;
}
DYT_DEVICE double inverse_root(double d) { return 1 / library_root(d); }

// The parameters of a thread's V columns from `column` on.
template <bool kWhole, class A, int V>
DYT_DEVICE void load_columns(DType type, const void* parameter, int64_t column, Present present,
                             A absent, A (&numbers)[V]) {
  if (parameter == nullptr || !kWhole) {
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      const bool there = parameter != nullptr && present(i);
      numbers[i] = there ? load_parameter<A>(type, parameter, column + i * present.stride) : absent;
    }
    return;
  }
  if constexpr (V == 2) {  // fp64 problems have fp64 parameters
    unpack<double>(load_words(static_cast<const double*>(parameter) + column), numbers);
  } else if constexpr (V == 4) {
    unpack<float>(load_words(static_cast<const float*>(parameter) + column), numbers);
  } else if (type == DType::kFloat32) {
    float half[4];
    DYT_UNROLL
    for (int i = 0; i < V; ++i) {
      if (i % 4 == 0) {
        unpack<float>(load_words(static_cast<const float*>(parameter) + column + i), half);
      }
      numbers[i] = half[i % 4];
    }
  } else if (type == DType::kBFloat16) {
    unpack<BFloat16>(load_words(static_cast<const BFloat16*>(parameter) + column), numbers);
  } else {
    unpack<Float16>(load_words(static_cast<const Float16*>(parameter) + column), numbers);
  }
}

// A vector of a row, or zeros where the row has ended.
template <bool kWhole, class T>
DYT_DEVICE Words load_in_row(const T* numbers, Present present) {
  if (present.left <= 0) {
    return {{0, 0, 0, 0}};
  }
  return load<kWhole>(numbers, present);
}

template <bool kWhole, class T>
DYT_DEVICE void store_in_row(T* numbers, const Words& words, Present present) {
  if (present.left > 0) {
    store<kWhole>(numbers, words, present);
  }
}

}  // namespace dyt::kernels::cuda
