// What a SIMD kernel prepares once a call: parameters as fp32 numbers, repeated for wide rows; and
// the choice of stores.
#pragma once

#include <memory>
#include <vector>

#include "dyt/kernels/internal/partition.h"
#include "dyt/kernels/internal/storage.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::internal {

// One number for each column of a wide row, fp32. Points into the caller's array where that holds
// them already.
class Columns {
 public:
  Columns(DType dtype, const void* numbers, int64_t channels, int64_t repeats, float absent) {
    if (dtype == DType::kFloat32 && numbers != nullptr && repeats == 1) {
      data_ = static_cast<const float*>(numbers);
      return;
    }
    copy_ = load_all<float>(dtype, numbers, channels, absent);
    copy_.reserve(static_cast<size_t>(channels * repeats));
    for (int64_t n = 1; n < repeats; ++n) {
      copy_.insert(copy_.end(), copy_.begin(), copy_.begin() + channels);
    }
    data_ = copy_.data();
  }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  const float* data() const { return data_; }

 private:
  std::vector<float> copy_;
  const float* data_;
};

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

// Whether an output of that many bytes should go past the caches: it would only push out of them
// what is needed next. From half of the last-level cache on; that size is asked once, at run time.
bool streams(int64_t bytes);

// Whether the CPU converts fp32 to bf16 itself (AVX512_BF16).
bool has_native_bfloat16();

}  // namespace dyt::kernels::internal
