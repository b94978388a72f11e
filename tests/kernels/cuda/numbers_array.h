// SPDX-License-Identifier: Apache-2.0
// An array of any of the four types with numbers that a test reads and writes as doubles.
#pragma once

#include <string_view>
#include <vector>

#include "dyt/kernels/internal/storage.h"

namespace dyt::kernels::cuda::test {

class Array {
 public:
  // `offset` elements past a 16-byte boundary.
  Array(DType dtype, int64_t count, int64_t offset = 0)
      : dtype_(dtype), offset_(offset), words_((count + offset) * size_of(dtype) / 16 + 2) {}

  void* data() { return reinterpret_cast<char*>(words_.data()) + offset_ * size_of(dtype_); }
  double operator[](int64_t n) const {
    return internal::with_type(dtype_, [&](auto type) {
      return static_cast<double>(
          internal::load(static_cast<const decltype(type)*>(const_cast<Array*>(this)->data())[n]));
    });
  }
  void set(int64_t n, double number) {
    internal::with_type(dtype_, [&](auto type) {
      static_cast<decltype(type)*>(data())[n] = internal::rounded_to<decltype(type)>(number);
    });
  }
  bool operator==(const Array& other) const { return words_ == other.words_; }

 private:
  struct alignas(16) Word {
    char bytes[16] = {};
    bool operator==(const Word& other) const {
      return std::string_view(bytes, 16) == std::string_view(other.bytes, 16);
    }
  };
  DType dtype_;
  int64_t offset_;
  std::vector<Word> words_;
};

}  // namespace dyt::kernels::cuda::test
