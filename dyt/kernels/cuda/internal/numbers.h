// SPDX-License-Identifier: Apache-2.0
// Arrays of the four types, 16 bytes at a time: V numbers as they lie in memory, and as numbers to
// compute with. Where 16-byte accesses are not possible, the V numbers come one by one from places
// that are `stride` elements apart, so that neighbouring threads still read neighbouring numbers.
#pragma once

#include "dyt/kernels/cuda/internal/arithmetic.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::cuda {

template <class T>
inline constexpr int kVector = 16 / sizeof(T);

template <class T>
using Arithmetic = std::conditional_t<std::is_same_v<T, double>, double, float>;

DYT_DEVICE float widened(float number) { return number; }
DYT_DEVICE double widened(double number) { return number; }

template <class T, class A>
DYT_DEVICE T rounded(A number) {
  if constexpr (sizeof(T) == 2) {
    return {static_cast<uint16_t>(rounded_pair<T>(static_cast<float>(number), 0.0f))};
  } else {
    return static_cast<T>(number);
  }
}

template <class T>
DYT_DEVICE void unpack(const Words& words, Arithmetic<T> (&numbers)[kVector<T>]) {
  DYT_UNROLL
  for (int i = 0; i < kVector<T>; ++i) {
    if constexpr (sizeof(T) == 2) {
      const uint32_t pair = words.at[i / 2];
      numbers[i] = widened(T{static_cast<uint16_t>(i % 2 == 0 ? pair : pair >> 16)});
    } else if constexpr (sizeof(T) == 4) {
      numbers[i] = float_of(words.at[i]);
    } else {
      numbers[i] = double_of(words.at[2 * i], words.at[2 * i + 1]);
    }
  }
}

template <class T>
DYT_DEVICE Words pack(const Arithmetic<T> (&numbers)[kVector<T>]) {
  Words words;
  if constexpr (sizeof(T) == 2) {
    DYT_UNROLL
    for (int i = 0; i < 4; ++i) {
      words.at[i] = rounded_pair<T>(numbers[2 * i], numbers[2 * i + 1]);
    }
  } else if constexpr (sizeof(T) == 4) {
    DYT_UNROLL
    for (int i = 0; i < 4; ++i) {
      words.at[i] = bits_of(numbers[i]);
    }
  } else {
    DYT_UNROLL
    for (int i = 0; i < 2; ++i) {
      words.at[2 * i] = low_of(numbers[i]);
      words.at[2 * i + 1] = high_of(numbers[i]);
    }
  }
  return words;
}

// Which of a thread's V numbers there are: number i where i * stride < left.
struct Present {
  int64_t left;
  int64_t stride;
  DYT_DEVICE bool operator()(int i) const { return i * stride < left; }
};

// Absent numbers become 0.
template <class T>
DYT_DEVICE Words load_scattered(const T* numbers, Present present) {
  Arithmetic<T> wide[kVector<T>];
  DYT_UNROLL
  for (int i = 0; i < kVector<T>; ++i) {
    wide[i] = present(i) ? widened(numbers[i * present.stride]) : Arithmetic<T>(0);
  }
  return pack<T>(wide);
}

template <class T>
DYT_DEVICE void store_scattered(T* numbers, const Words& words, Present present) {
  Arithmetic<T> wide[kVector<T>];
  unpack<T>(words, wide);
  DYT_UNROLL
  for (int i = 0; i < kVector<T>; ++i) {
    if (present(i)) {
      numbers[i * present.stride] = rounded<T>(wide[i]);
    }
  }
}

template <bool kWhole, class T>
DYT_DEVICE Words load(const T* numbers, Present present) {
  if constexpr (kWhole) {
    return load_words(numbers);
  } else {
    return load_scattered(numbers, present);
  }
}

template <bool kWhole, class T>
DYT_DEVICE void store(T* numbers, const Words& words, Present present) {
  if constexpr (kWhole) {
    store_words(numbers, words);
  } else {
    store_scattered(numbers, words, present);
  }
}

// x + residual, rounded to T.
template <class T>
DYT_DEVICE Words added(const Words& x, const Words& residual) {
  Arithmetic<T> a[kVector<T>], b[kVector<T>];
  unpack<T>(x, a);
  unpack<T>(residual, b);
  DYT_UNROLL
  for (int i = 0; i < kVector<T>; ++i) {
    a[i] += b[i];
  }
  return pack<T>(a);
}

// One number of an array whose type is known at run time only: parameters, once a thread.
template <class A>
DYT_DEVICE A load_parameter(DType dtype, const void* numbers, int64_t index) {
  switch (dtype) {
    case DType::kFloat64:
      return static_cast<A>(static_cast<const double*>(numbers)[index]);
    case DType::kBFloat16:
      return widened(static_cast<const BFloat16*>(numbers)[index]);
    case DType::kFloat16:
      return widened(static_cast<const Float16*>(numbers)[index]);
    default:
      return static_cast<const float*>(numbers)[index];
  }
}

DYT_DEVICE void store_parameter(DType dtype, void* numbers, int64_t index, double number) {
  switch (dtype) {
    case DType::kFloat64:
      static_cast<double*>(numbers)[index] = number;
      return;
    case DType::kBFloat16:
      static_cast<BFloat16*>(numbers)[index] = rounded<BFloat16>(number);
      return;
    case DType::kFloat16:
      static_cast<Float16*>(numbers)[index] = rounded<Float16>(number);
      return;
    default:
      static_cast<float*>(numbers)[index] = static_cast<float>(number);
  }
}

}  // namespace dyt::kernels::cuda
