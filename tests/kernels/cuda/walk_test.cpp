// SPDX-License-Identifier: Apache-2.0
// The cut of a problem over blocks and threads: every element met once, by 16-byte accesses only
// where they are allowed, in a grid that a device takes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dyt/kernels/cuda/internal/arguments.h"

namespace dyt::kernels::cuda::test {
namespace {

const Shape kShapes[] = {
    {0, 8},       {5, 0},     {1, 1},     {7, 1},      {1000, 1},     {3, 2},        {5, 3},
    {2, 7},       {33, 8},    {64, 64},   {9, 192},    {4, 768},      {300, 768},    {2, 1023},
    {3, 1024},    {40, 2048}, {2, 4096},  {1, 5120},   {2, 8200},     {1, 70000},    {2, 3, 35},
    {1, 7, 1023}, {3, 1, 2},  {2, 5, 49}, {2, 300, 2}, {4, 3, 3136},  {1, 2, 70000}, {2, 2, 65536},
    {0, 3, 4},    {3, 0, 4},  {3, 4, 0},  {130, 2, 4}, {1, 66000, 2},
};

std::string text_of(const Shape& shape, DType dtype) {
  return "outer " + std::to_string(shape.outer) + " channels " + std::to_string(shape.channels) +
         " inner " + std::to_string(shape.inner) + " size " + std::to_string(size_of(dtype));
}

// Calls visit(element, channel) for everything that any thread of the grid would touch.
template <class Visit>
void for_each_met(const Walk& walk, Visit visit) {
  for (int64_t group = 0; group < walk.groups; ++group) {
    for (int64_t tile = 0; tile < walk.tiles; ++tile) {
      for (int thread = 0; thread < threads_of(walk); ++thread) {
        const Seat seat = seat_of(walk, thread);
        for (int64_t unit = group * walk.rows + seat.row; unit < walk.units; unit += walk.apart) {
          const auto run = run_of(walk, tile, seat, unit);
          for (int64_t k = 0; k < run.count; ++k) {
            const Present present{left_at(walk, run, k), walk.stride};
            for (int i = 0; i < walk.vector; ++i) {
              if (present(i)) {
                visit(run.start + k * walk.step + i * walk.stride, channel_of(walk, tile, seat, i));
              }
            }
          }
        }
      }
    }
  }
}

void expect_met_once(const Shape& shape, const Walk& walk) {
  std::vector<int> met(static_cast<size_t>(shape.count()));
  for_each_met(walk, [&](int64_t element, int64_t channel) {
    ASSERT_GE(element, 0);
    ASSERT_LT(element, shape.count());
    ASSERT_EQ(channel, element / shape.inner % shape.channels);
    ++met[element];
  });
  for (size_t element = 0; element < met.size(); ++element) {
    ASSERT_EQ(met[element], 1) << element;
  }
}

void expect_fits_a_device(const Walk& walk) {
  EXPECT_GE(threads_of(walk), 1);
  EXPECT_LE(threads_of(walk), kBlock);
  EXPECT_GE(walk.groups, 1);
  EXPECT_LE(walk.groups, 65535);
  EXPECT_GE(blocks_x_of(walk), 1);
  EXPECT_LE(blocks_x_of(walk), 1 << 16);
}

TEST(CudaWalk, MeetsEveryElementOnce) {
  for (const Shape& shape : kShapes) {
    for (const DType dtype : {DType::kBFloat16, DType::kFloat32, DType::kFloat64}) {
      for (const int multiprocessors : {1, 132}) {
        SCOPED_TRACE(text_of(shape, dtype));
        for (const Walk& walk : {forward_walk(shape, dtype, multiprocessors),
                                 backward_walk(shape, dtype, multiprocessors)}) {
          expect_fits_a_device(walk);
          expect_met_once(shape, walk);
        }
      }
    }
  }
}

TEST(CudaWalk, WholeVectorsAreAlignedAndComplete) {
  for (const Shape& shape : kShapes) {
    const Walk walk = forward_walk(shape, DType::kBFloat16, 132);
    if (!walk.together) {
      continue;
    }
    SCOPED_TRACE(text_of(shape, DType::kBFloat16));
    for (int thread = 0; thread < threads_of(walk); ++thread) {
      for (int64_t tile = 0; tile < walk.tiles; tile += 97) {
        const Seat seat = seat_of(walk, thread);
        for (int64_t unit = seat.row; unit < walk.units; unit += walk.apart) {
          const auto run = run_of(walk, tile, seat, unit);
          if (run.count > 0) {
            EXPECT_EQ(run.start % walk.vector, 0);
            EXPECT_GE(left_at(walk, run, run.count - 1), walk.vector);
          }
        }
      }
    }
    EXPECT_EQ(walk.step % walk.vector, 0);
  }
}

// The shapes of language and image models keep the lanes busy and the row groups many.
TEST(CudaWalk, UsesTheDevice) {
  for (const auto& [rows, channels] : std::vector<std::pair<int64_t, int64_t>>{
           {8192, 4096}, {16384, 8192}, {25216, 768}, {8192, 5120}, {131072, 64}}) {
    const Walk walk = backward_walk({rows, channels}, DType::kBFloat16, 132);
    EXPECT_GE(threads_of(walk), 192) << channels;
    EXPECT_GE(blocks_of(walk), 132) << channels;
    EXPECT_LE(walk.groups * walk.rows * 8, rows + walk.rows * 8) << channels;
  }
}

// Sizes beyond 2^31 and 2^32 elements, first and last thread.
TEST(CudaWalk, HugeShapes) {
  for (const Shape& shape : {Shape{int64_t{1} << 32, 3}, Shape{3, int64_t{1} << 32},
                             Shape{1, 2, (int64_t{1} << 32) + 8}, Shape{int64_t{1} << 31, 2, 4}}) {
    const Walk walk = forward_walk(shape, DType::kBFloat16, 132);
    expect_fits_a_device(walk);
    int64_t last = -1;
    for (const int64_t group : {int64_t{0}, walk.groups - 1}) {
      for (int thread = 0; thread < threads_of(walk); ++thread) {
        const Seat seat = seat_of(walk, thread);
        const int64_t first = group * walk.rows + seat.row;
        if (first >= walk.units) {
          continue;
        }
        for (const int64_t unit :
             {first, first + (walk.units - 1 - first) / walk.apart * walk.apart}) {
          const auto run = run_of(walk, walk.tiles - 1, seat, unit);
          for (int i = 0; i < walk.vector && run.count > 0; ++i) {
            if (Present{left_at(walk, run, run.count - 1), walk.stride}(i)) {
              last = std::max(last, run.start + (run.count - 1) * walk.step + i * walk.stride);
            }
          }
        }
      }
    }
    EXPECT_LT(last, shape.count());
    EXPECT_GT(last, shape.count() / 2);
  }
}

TEST(CudaWalk, WorkspaceGrowsWithTheDeviceUpToItsBound) {
  for (const Shape& shape : kShapes) {
    const int64_t bound =
        partial_bytes(backward_walk(shape, DType::kFloat32, kMaxMultiprocessors), DType::kFloat32);
    for (const int multiprocessors : {1, 20, 108, 132, 148, 256, 1000}) {
      EXPECT_LE(
          partial_bytes(backward_walk(shape, DType::kFloat32, multiprocessors), DType::kFloat32),
          bound);
    }
  }
}

}  // namespace
}  // namespace dyt::kernels::cuda::test
