// SPDX-License-Identifier: Apache-2.0
// How a point-wise problem is cut over the blocks and threads of a grid. Plain arithmetic on the
// shape and the number of multiprocessors: the kernels walk by it, the host sizes grids and
// workspace by it, and the tests check on a CPU that every element is met exactly once.
//
// A block's threads are rows x items x lanes, lanes fastest. V = 16 bytes of numbers a step.
//   Channels last (inner = 1): lanes lie along the channels, each keeps its V channels, and walks
//   over the rows (outer): weight, bias and their gradients stay in registers. Channels first:
//   items are channels, lanes lie along a plane, and a thread walks over the planes of its channel,
//   a segment at a time.
// Either way the groups of a grid's y axis share the walk; each leaves one partial sum a channel.
#pragma once

#include <cstdint>

#include "dyt/kernels/cuda/internal/platform.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::cuda {

inline constexpr int kBlock = 256;        // threads of a block, at most
inline constexpr int kForwardBlocks = 3;  // of a multiprocessor at once: their registers fit
inline constexpr int kBackwardBlocks = 2;
inline constexpr int kSegmentSteps = 16;         // steps of a plane's segment
inline constexpr int64_t kMaxBlocksX = 1 << 16;  // beyond, blocks take several tiles
inline constexpr int kMaxMultiprocessors = 256;  // more are not made use of

struct Walk {
  bool channels_last;
  int64_t outer, channels, inner;
  int vector;              // V
  int lanes, items, rows;  // of a block
  bool together;           // a thread's V elements are neighbours and none is missing
  int64_t lane_stride;     // between first elements of neighbouring lanes
  int64_t stride;          // between a thread's V elements; 1: they lie together
  int64_t tiles;           // blocks' worth of channels; grid x is the smaller of it and kMaxBlocksX
  int64_t groups;          // grid y
  int64_t steps;           // of a plane; channels last: 1
  int64_t segments;        // of a plane
  int64_t apart;           // between units of one thread: rows x groups
  int64_t units;           // all units of a tile
  int64_t step;            // elements between steps of a thread
};

// Where a thread sits in its block.
struct Seat {
  int lane, item, row;
};

// Steps k = 0 .. count - 1 of a thread: V elements from `start + k * walk.step` on. `left` says how
// many elements there are from `start` to the end of the row or plane.
struct Run {
  int64_t start, count, left;
};

DYT_HOST_DEVICE int64_t divided_up(int64_t number, int64_t by) { return (number + by - 1) / by; }
template <class N>
DYT_HOST_DEVICE N smaller(N a, N b) {
  return a < b ? a : b;
}
template <class N>
DYT_HOST_DEVICE N larger(N a, N b) {
  return a > b ? a : b;
}

// A quotient of numbers that rarely need 64 bits; 32-bit division is several times cheaper there.
DYT_HOST_DEVICE int64_t quick_quotient(int64_t number, int64_t by) {
  if (((number | by) >> 32) == 0) {
    return static_cast<uint32_t>(number) / static_cast<uint32_t>(by);
  }
  return number / by;
}

DYT_HOST_DEVICE int threads_of(const Walk& walk) { return walk.lanes * walk.items * walk.rows; }
DYT_HOST_DEVICE int64_t blocks_x_of(const Walk& walk) { return smaller(walk.tiles, kMaxBlocksX); }
DYT_HOST_DEVICE int64_t blocks_of(const Walk& walk) { return blocks_x_of(walk) * walk.groups; }

DYT_HOST_DEVICE Seat seat_of(const Walk& walk, int thread) {
  const int line = thread / walk.lanes;
  return {thread % walk.lanes, line % walk.items, line / walk.items};
}

// Element (lane, i) of a tile, as a channel (channels last) or a place in a plane.
DYT_HOST_DEVICE int64_t place_of(const Walk& walk, int64_t tile, int lane) {
  return tile * walk.lanes * walk.vector + lane * walk.lane_stride;
}

// The channel of a thread's element i; at least walk.channels where there is none.
DYT_HOST_DEVICE int64_t channel_of(const Walk& walk, int64_t tile, Seat seat, int i) {
  return walk.channels_last ? place_of(walk, tile, seat.lane) + i * walk.stride
                            : tile * walk.items + seat.item;
}

// How many elements are left at step k.
DYT_HOST_DEVICE int64_t left_at(const Walk& walk, const Run& run, int64_t k) {
  return walk.channels_last ? run.left : run.left - k * walk.step;
}

// Unit number `unit` of a thread: what it does with one plane's segment or, channels last, with all
// its rows, which are a single unit. The first is group * rows + row; walk.apart leads to the next.
DYT_HOST_DEVICE Run run_of(const Walk& walk, int64_t tile, Seat seat, int64_t unit) {
  if (walk.channels_last) {
    const int64_t first = place_of(walk, tile, seat.lane);
    const bool there = first < walk.channels && unit < walk.outer;
    return {unit * walk.channels + first,
            there ? quick_quotient(walk.outer - unit - 1, walk.apart) + 1 : 0,
            walk.channels - first};
  }
  const int64_t plane = walk.segments == 1 ? unit : quick_quotient(unit, walk.segments);
  const int64_t segment = unit - plane * walk.segments;
  const int64_t first = place_of(walk, segment * kSegmentSteps, seat.lane);
  const int64_t end = smaller((segment + 1) * kSegmentSteps * walk.step, walk.inner);
  const int64_t channel = tile * walk.items + seat.item;
  const bool there = channel < walk.channels && first < end;
  return {(plane * walk.channels + channel) * walk.inner + first,
          there ? quick_quotient(end - first - 1, walk.step) + 1 : 0, walk.inner - first};
}

// The rest is for the host alone.
//
// Groups enough that blocks fill the device `blocks_each` times a multiprocessor, but no group with
// fewer than `least_units` rows or segments a thread.
constexpr int64_t groups_for(const Walk& walk, int multiprocessors, int blocks_each,
                             int least_units) {
  const int64_t units = walk.channels_last ? walk.outer : walk.outer * walk.segments;
  const int64_t wanted =
      divided_up(static_cast<int64_t>(smaller(multiprocessors, kMaxMultiprocessors)) * blocks_each,
                 blocks_x_of(walk));
  const int64_t most = divided_up(units, static_cast<int64_t>(walk.rows) * least_units);
  return larger<int64_t>(1, smaller(wanted, most));
}

constexpr void walk_rows(Walk& walk) {
  const int64_t slots = larger<int64_t>(1, divided_up(walk.channels, walk.vector));
  walk.tiles = divided_up(slots, kBlock);
  // Several tiles share the channels evenly, in whole warps.
  const int64_t even = divided_up(slots, walk.tiles);
  walk.lanes = static_cast<int>(walk.tiles == 1 ? slots : divided_up(even, 32) * 32);
  walk.items = 1;
  walk.rows =
      static_cast<int>(larger<int64_t>(1, smaller<int64_t>(kBlock / walk.lanes, walk.outer)));
  walk.together = walk.channels % walk.vector == 0;
  walk.steps = 1;
  walk.segments = 1;
}

constexpr void walk_planes(Walk& walk) {
  const int64_t slots = larger<int64_t>(1, divided_up(walk.inner, walk.vector));
  walk.steps = divided_up(slots, kBlock);
  walk.lanes = static_cast<int>(divided_up(slots, walk.steps));
  walk.items =
      static_cast<int>(larger<int64_t>(1, smaller<int64_t>(kBlock / walk.lanes, walk.channels)));
  walk.rows = static_cast<int>(
      larger<int64_t>(1, smaller<int64_t>(kBlock / (walk.lanes * walk.items), walk.outer)));
  walk.segments = divided_up(walk.steps, kSegmentSteps);
  walk.tiles = larger<int64_t>(1, divided_up(walk.channels, walk.items));
  walk.together = walk.inner % walk.vector == 0;
}

// blocks_each and least_units: see groups_for.
constexpr Walk walk_of(const Shape& shape, int vector, int multiprocessors, int blocks_each,
                       int least_units) {
  Walk walk{};
  // A single channel's elements lie in one row: it is walked over as one plane.
  const bool one_plane = shape.channels == 1 && shape.outer > 0;
  walk.outer = shape.channels * shape.inner == 0 ? 0 : one_plane ? 1 : shape.outer;
  walk.channels = shape.channels;
  walk.inner = one_plane ? shape.outer * shape.inner : shape.inner;
  walk.channels_last = walk.inner == 1;
  walk.vector = vector;
  if (walk.channels_last) {
    walk_rows(walk);
  } else {
    walk_planes(walk);
  }
  walk.lane_stride = walk.together ? walk.vector : 1;
  walk.stride = walk.together ? 1 : walk.lanes;
  walk.groups = groups_for(walk, multiprocessors, blocks_each, least_units);
  walk.apart = walk.groups * walk.rows;
  walk.units = walk.channels_last ? walk.apart : walk.outer * walk.segments;
  walk.step = walk.channels_last ? walk.apart * walk.channels
                                 : static_cast<int64_t>(walk.lanes) * walk.vector;
  return walk;
}

constexpr Walk forward_walk(const Shape& shape, DType dtype, int multiprocessors) {
  return walk_of(shape, static_cast<int>(16 / size_of(dtype)), multiprocessors, 2 * kForwardBlocks,
                 4);
}

constexpr Walk backward_walk(const Shape& shape, DType dtype, int multiprocessors) {
  return walk_of(shape, static_cast<int>(16 / size_of(dtype)), multiprocessors, kBackwardBlocks, 8);
}

}  // namespace dyt::kernels::cuda
