// SPDX-License-Identifier: Apache-2.0
// How a problem is cut into pieces: by its shape alone, so that sums are the same bits whoever runs
// the pieces.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "dyt/kernels/types.h"

namespace dyt::kernels::internal {

// Of a forward problem: small, so that threads share it evenly.
inline constexpr int64_t kPieceElements = 8192;

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Rows as kernels see them: several narrow rows are one wide one, whose width is a multiple of a
// vector's, with the channels' parameters repeated.
struct Rows {
  int64_t rows = 0;     // whole wide rows
  int64_t width = 0;    // channels * repeats
  int64_t repeats = 1;  // rows of the problem in a wide row
  int64_t rest = 0;     // elements after the last whole wide row, a multiple of channels
};

inline constexpr int64_t kNarrow = 256;
inline constexpr int64_t kLaneMultiple = 16;

constexpr Rows wide_rows(int64_t outer, int64_t channels) {
  Rows made{.rows = outer, .width = channels};
  if (channels < kNarrow && channels > 0) {
    const int64_t unit = kLaneMultiple / std::gcd(channels, kLaneMultiple);
    made.repeats = ceil_div(kNarrow, channels * unit) * unit;
    made.width = channels * made.repeats;
    made.rows = outer / made.repeats;
    made.rest = outer % made.repeats * channels;
  }
  return made;
}

// Whether forward takes two rows at once: where weight and bias fill half the nearest cache (fp32,
// 32 KiB), and there are rows enough for many threads.
constexpr bool pairs_rows(const Rows& rows) {
  constexpr int64_t kLeastWidth = 2048, kLeastRows = 64;
  return rows.width >= kLeastWidth && rows.rows >= kLeastRows;
}

// Chunks of rows whose sums are formed separately and added in order: enough for many threads,
// large enough that the partial sums cost little, and short enough for fp32.
struct Chunks {
  int64_t rows = 1;  // in a chunk
  int64_t count = 0;
};

constexpr Chunks row_chunks(int64_t rows, int64_t width) {
  if (rows == 0 || width == 0) {
    return {};
  }
  constexpr int64_t kMostChunks = 64, kMostRows = 512, kRowGroup = 4, kLeastElements = 8192;
  int64_t in_chunk = std::max(ceil_div(rows, kMostChunks), ceil_div(kLeastElements, width));
  in_chunk = std::min(ceil_div(in_chunk, kRowGroup) * kRowGroup, kMostRows);
  return {.rows = in_chunk, .count = ceil_div(rows, in_chunk)};
}

}  // namespace dyt::kernels::internal
