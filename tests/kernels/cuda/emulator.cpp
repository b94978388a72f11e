// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda/emulator.h"

namespace dyt::kernels::cuda::test {
namespace {

constexpr size_t kStack = 1 << 16;

}  // namespace

// A fibre runs one body after the other and is never left. makecontext hands over ints only: a
// pointer goes in two of them.
void Fibres::enter(unsigned low, unsigned high) {
  auto* const self = reinterpret_cast<Fibres*>(static_cast<uint64_t>(high) << 32 | low);
  Fibre& fibre = *self->fibres_[self->current_];
  while (true) {
    (*self->body_)(self->current_);
    fibre.done = true;
    self->meet();
  }
}

void Fibres::add_fibre() {
  auto fibre = std::make_unique<Fibre>();
  const auto address = reinterpret_cast<uint64_t>(this);
  fibre->stack.resize(kStack);
  getcontext(&fibre->start);
  fibre->start.uc_stack.ss_sp = fibre->stack.data();
  fibre->start.uc_stack.ss_size = fibre->stack.size();
  fibre->start.uc_link = nullptr;
  makecontext(&fibre->start, reinterpret_cast<void (*)()>(&Fibres::enter), 2,
              static_cast<unsigned>(address), static_cast<unsigned>(address >> 32));
  fibres_.push_back(std::move(fibre));
}

// Contexts start fibres; jumps, which unlike contexts cost no system call, switch between them.
void Fibres::resume(Fibre& fibre) {
  if (_setjmp(scheduler_place_) != 0) {
    return;
  }
  if (fibre.started) {
    _longjmp(fibre.place, 1);
  }
  fibre.started = true;
  setcontext(&fibre.start);
}

void Fibres::run(int count, const std::function<void(int)>& body) {
  body_ = &body;
  while (static_cast<int>(fibres_.size()) < count) {
    add_fibre();
  }
  for (int n = 0; n < count; ++n) {
    fibres_[n]->done = false;
  }
  bool upwards = false;
  for (bool going = true; going;) {
    going = false;
    upwards = !upwards;  // who relies on an order without meeting is found out
    for (int n = 0; n < count; ++n) {
      current_ = upwards ? n : count - 1 - n;
      if (!fibres_[current_]->done) {
        resume(*fibres_[current_]);
        going = true;
      }
    }
  }
}

void Fibres::meet() {
  if (_setjmp(fibres_[current_]->place) == 0) {
    _longjmp(scheduler_place_, 1);
  }
}

void emulate(int64_t blocks_x, int64_t blocks_y, int threads,
             const std::function<void(Emulated)>& body) {
  static Fibres fibres;
  for (int64_t y = 0; y < blocks_y; ++y) {
    for (int64_t x = 0; x < blocks_x; ++x) {
      fibres.run(threads, [&](int number) {
        body({&fibres, number, threads, x, y, blocks_x, blocks_y});
      });
    }
  }
}

}  // namespace dyt::kernels::cuda::test
