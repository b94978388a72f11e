// SPDX-License-Identifier: Apache-2.0
// What a SIMD kernel prepares once a call: single parameters as fp32 numbers, memory for sums, and
// the choice of stores.
#pragma once

#include <memory>

#include "dyt/kernels/internal/partition.h"
#include "dyt/kernels/internal/storage.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::internal {

inline float scalar(DType dtype, const void* number, float absent) {
  return number == nullptr ? absent : load_all<float>(dtype, number, 1, absent)[0];
}

// Zeroed numbers on a cache line.
template <class T>
class Scratch {
 public:
  explicit Scratch(int64_t count)
      : data_(static_cast<T*>(::operator new(static_cast<size_t>(count) * sizeof(T), kLine))) {}
  T* data() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kLine{64};
  struct Free {
    void operator()(T* numbers) const { ::operator delete(numbers, kLine); }
  };
  std::unique_ptr<T, Free> data_;
};

// Whether an output should go past the caches: where as many arrays of that many bytes as a pass
// over memory touches do not fit into the last-level cache (its size is asked once, at run time),
// an output pushes out what is needed next, and its own beginning, before anything reads it.
bool streams(int64_t bytes, int arrays);

// Whether the CPU converts fp32 to bf16 itself (AVX512_BF16).
bool has_native_bfloat16();

}  // namespace dyt::kernels::internal
