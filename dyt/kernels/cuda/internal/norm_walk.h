// SPDX-License-Identifier: Apache-2.0
// How LayerNorm and RMSNorm are cut over blocks and threads. A team of `lanes` threads takes a row;
// the team's size and the order of its sums depend on the row's width alone, so a row's bits do not
// depend on the rows around it, on the device or on alignment.
#pragma once

#include "dyt/kernels/cuda/internal/walk.h"

namespace dyt::kernels::cuda {

inline constexpr int kMaxLanes = 512;
inline constexpr int kForwardTiles = 4;  // a thread keeps so many vectors of its row in registers

// Backward keeps two arrays and their sums as well. V * this many columns a thread.
constexpr int backward_tiles(int64_t size) { return size == 4 ? 4 : 2; }

struct NormWalk {
  int64_t rows, channels;
  int lanes;            // threads of a row: a power of 2 up to 32, or whole warps
  int teams;            // rows side by side in a block; 1 where a row has several warps
  bool together;        // as in Walk
  int64_t lane_stride;  // as in Walk
  int64_t stride;
  int64_t tile;    // columns of a step of the team: lanes * V
  int64_t tiles;   // of a row
  int64_t groups;  // blocks; each takes every groups-th set of rows
};

// Element i of a lane in tile j stands in column first_column(j, lane) + i * stride.
DYT_HOST_DEVICE int64_t first_column(const NormWalk& walk, int64_t j, int lane) {
  return j * walk.tile + lane * walk.lane_stride;
}

// ---- For the host alone ----

// About `tiles` vectors a thread, but not fewer lanes than read 128 bytes at once.
constexpr int lanes_for(int64_t slots, int tiles) {
  const int64_t wanted = divided_up(slots, tiles);
  if (wanted > 32) {
    return static_cast<int>(smaller<int64_t>(divided_up(wanted, 32) * 32, kMaxLanes));
  }
  int lanes = 1;
  while (lanes < wanted || (lanes < 8 && lanes < slots)) {
    lanes *= 2;
  }
  return lanes;
}

constexpr NormWalk norm_walk(int64_t rows, int64_t channels, int vector, int tiles) {
  NormWalk walk{};
  walk.rows = channels == 0 ? 0 : rows;
  walk.channels = channels;
  walk.lanes = lanes_for(larger<int64_t>(1, divided_up(channels, vector)), tiles);
  walk.teams = walk.lanes <= 32 ? kBlock / walk.lanes : 1;
  walk.together = channels % vector == 0;
  walk.lane_stride = walk.together ? vector : 1;
  walk.stride = walk.together ? 1 : walk.lanes;
  walk.tile = static_cast<int64_t>(walk.lanes) * vector;
  walk.tiles = divided_up(channels, walk.tile);
  return walk;
}

constexpr NormWalk norm_forward_walk(int64_t rows, int64_t channels, DType dtype) {
  NormWalk walk = norm_walk(rows, channels, static_cast<int>(16 / size_of(dtype)), kForwardTiles);
  walk.groups = larger<int64_t>(1, smaller<int64_t>(divided_up(walk.rows, walk.teams), 1 << 30));
  return walk;
}

constexpr NormWalk norm_backward_walk(int64_t rows, int64_t channels, DType dtype,
                                      int multiprocessors) {
  NormWalk walk = norm_walk(rows, channels, static_cast<int>(16 / size_of(dtype)),
                            backward_tiles(size_of(dtype)));
  const int threads = walk.lanes * walk.teams;
  const int64_t wanted = static_cast<int64_t>(smaller(multiprocessors, kMaxMultiprocessors)) *
                         larger(1, 2 * kBlock / threads);
  walk.groups = larger<int64_t>(1, smaller(wanted, divided_up(walk.rows, walk.teams * 4)));
  return walk;
}

}  // namespace dyt::kernels::cuda
