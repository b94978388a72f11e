// SPDX-License-Identifier: Apache-2.0
// Runs the GPU's kernels on the CPU: a grid's blocks one after the other, a block's threads as
// fibres that take turns wherever the threads would meet. Slow and exact: what a test sees is what
// the code does, race-free by construction.
//
//   emulate(blocks_x, blocks_y, threads, [&](Emulated machine) { forward_thread<...>(..., machine);
//   });
#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "dyt/kernels/cuda/internal/platform.h"

namespace dyt::kernels::cuda::test {

class Fibres {
 public:
  // Runs body(0) .. body(count - 1), each up to its next meet(), round after round.
  void run(int count, const std::function<void(int)>& body);
  void meet();  // called by a body
  double& mailbox(int fibre) { return fibres_[fibre]->mailbox; }

 private:
  struct Fibre {
    ucontext_t start;
    jmp_buf place;  // where it met last
    std::vector<char> stack;
    bool started = false;
    double mailbox = 0;
    bool done = false;
  };
  static void enter(unsigned low, unsigned high);
  void add_fibre();
  void resume(Fibre& fibre);

  std::vector<std::unique_ptr<Fibre>> fibres_;  // made when first needed, then kept
  jmp_buf scheduler_place_;
  const std::function<void(int)>* body_ = nullptr;
  int current_ = 0;
};

// The machine of kernels/cuda/internal/device_machine.h.
struct Emulated {
  Fibres* fibres;
  int number, count;
  int64_t x, y, grid_x, grid_y;

  int thread() const { return number; }
  int threads() const { return count; }
  int64_t block_x() const { return x; }
  int64_t block_y() const { return y; }
  int64_t blocks_x() const { return grid_x; }
  int64_t blocks_y() const { return grid_y; }
  void meet() const { fibres->meet(); }
  template <class A>
  A of_lane_across(A value, int distance) const {
    fibres->mailbox(number) = static_cast<double>(value);
    meet();
    const A across = static_cast<A>(fibres->mailbox(number ^ distance));
    meet();
    return across;
  }
};

void emulate(int64_t blocks_x, int64_t blocks_y, int threads,
             const std::function<void(Emulated)>& body);

}  // namespace dyt::kernels::cuda::test
