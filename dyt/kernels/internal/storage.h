// SPDX-License-Identifier: Apache-2.0
// Numbers as they lie in memory, one at a time: for the reference and for what happens once a call.
#pragma once

#include <type_traits>
#include <vector>

#include "dyt/kernels/half.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::internal {

// What a stored number is computed in: the contract's arithmetic type.
template <class T>
using Arithmetic = std::conditional_t<std::is_same_v<T, double>, double, float>;

inline float load(float number) { return number; }
inline double load(double number) { return number; }
inline float load(BFloat16 number) { return to_float(number); }
inline float load(Float16 number) { return to_float(number); }

// Rounds once; W is float, double or long double.
template <class T, class W>
T rounded_to(W value) {
  if constexpr (std::is_same_v<T, BFloat16>) {
    return to_bfloat16(static_cast<double>(value));
  } else if constexpr (std::is_same_v<T, Float16>) {
    return to_float16(static_cast<double>(value));
  } else {
    return static_cast<T>(value);
  }
}

// Calls visit(T{}) with the storage type of dtype.
template <class Visit>
decltype(auto) with_type(DType dtype, Visit&& visit) {
  switch (dtype) {
    case DType::kFloat64:
      return visit(double{});
    case DType::kBFloat16:
      return visit(BFloat16{});
    case DType::kFloat16:
      return visit(Float16{});
    case DType::kFloat32:
      break;
  }
  return visit(float{});
}

// count numbers of that type, each converted exactly; `absent` where there are none.
template <class W>
std::vector<W> load_all(DType dtype, const void* numbers, int64_t count, W absent) {
  std::vector<W> loaded(static_cast<size_t>(count), absent);
  if (numbers != nullptr) {
    with_type(dtype, [&](auto type) {
      for (int64_t n = 0; n < count; ++n) {
        loaded[n] = static_cast<W>(load(static_cast<const decltype(type)*>(numbers)[n]));
      }
    });
  }
  return loaded;
}

// Rounds sums to that type; nothing where they are not wanted.
template <class W>
void store_all(DType dtype, const W* sums, int64_t count, void* numbers) {
  if (numbers != nullptr) {
    with_type(dtype, [&](auto type) {
      for (int64_t n = 0; n < count; ++n) {
        static_cast<decltype(type)*>(numbers)[n] = rounded_to<decltype(type)>(sums[n]);
      }
    });
  }
}

}  // namespace dyt::kernels::internal
