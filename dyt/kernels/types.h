// SPDX-License-Identifier: Apache-2.0
// What all kernels share: types of arrays, shapes, and who runs the pieces of a problem.
//
//   forward(problem);                                 // one thread
//   forward(problem, Threads(4).parallel_for());      // four of our own (threads.h)
//   forward(problem, {.run = mine, .executor = &pool});  // the caller's
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>

namespace dyt::kernels {

// Arithmetic is in fp32 for fp32, bf16 and fp16 arrays, in fp64 for fp64 ones.
enum class DType { kFloat32, kFloat64, kBFloat16, kFloat16 };

constexpr int64_t size_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return 8;
    case DType::kFloat32:
      return 4;
    default:
      return 2;
  }
}

constexpr bool is_16_bit(DType dtype) { return size_of(dtype) == 2; }

// Element (o, c, i) lies at (o * channels + c) * inner + i. Channels last: inner = 1 and outer
// counts rows; an image batch (B, C, H, W): {B, C, H*W}. Any of them may be 0.
struct Shape {
  int64_t outer = 0;
  int64_t channels = 0;
  int64_t inner = 1;

  constexpr int64_t count() const { return outer * channels * inner; }
};

// Calls task(data, i) for each i in [0, count), once, in any order and on any threads, and returns
// when all are done. Kernels cut a problem by its shape alone, so the same bits come out whoever
// runs the pieces. Null `run`: one after the other, here.
struct ParallelFor {
  using Task = void (*)(void* data, int64_t index);

  void (*run)(void* executor, int64_t count, Task task, void* data) = nullptr;
  void* executor = nullptr;

  // body(i) for each i in [0, count). What a body throws never leaves its piece, which may run on
  // another's thread; the first of it is thrown here, when all pieces have been called.
  template <class Body>
  void operator()(int64_t count, Body&& body) const {
    if (run == nullptr || count <= 1) {
      for (int64_t i = 0; i < count; ++i) {
        body(i);
      }
      return;
    }
    struct Guarded {
      std::remove_reference_t<Body>& body;
      std::atomic_flag failed = ATOMIC_FLAG_INIT;
      std::exception_ptr error;
    } guarded{body};
    run(
        executor, count,
        [](void* data, int64_t index) {
          Guarded& self = *static_cast<Guarded*>(data);
          try {
            self.body(index);
          } catch (...) {
            if (!self.failed.test_and_set()) {
              self.error = std::current_exception();
            }
          }
        },
        &guarded);
    if (guarded.error) {
      std::rethrow_exception(guarded.error);
    }
  }
};

}  // namespace dyt::kernels
