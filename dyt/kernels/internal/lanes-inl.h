// SPDX-License-Identifier: Apache-2.0
// Vectors of fp32 numbers, and how they are loaded from and stored to arrays of each type. Included
// once per SIMD target.
#if defined(DYT_KERNELS_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_LANES_INL_H_
#undef DYT_KERNELS_LANES_INL_H_
#else
#define DYT_KERNELS_LANES_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cmath>
#include <cstring>
#include <type_traits>

#include "dyt/kernels/half.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Lanes = hn::Vec<Floats>;

// At most 16, so that buffers for a remainder have a fixed size everywhere.
constexpr size_t kMaxLanes = 16;
HWY_INLINE size_t lanes() { return hn::Lanes(Floats()); }

HWY_INLINE Lanes splat(float number) { return hn::Set(Floats(), number); }

HWY_INLINE Lanes load(const float* numbers) { return hn::LoadU(Floats(), numbers); }

HWY_INLINE Lanes load(const BFloat16* numbers) {
  const hn::Rebind<uint16_t, Floats> d16;
  const hn::RebindToUnsigned<Floats> d32;
  const auto bits = hn::LoadU(d16, reinterpret_cast<const uint16_t*>(numbers));
  return hn::BitCast(Floats(), hn::ShiftLeft<16>(hn::PromoteTo(d32, bits)));
}

// Highway 1.0.3's own conversions for CPUs without one know neither infinity, NaN nor rounding.
HWY_INLINE Lanes load(const Float16* numbers) {
#if HWY_TARGET == HWY_SSE4
  alignas(64) float wide[kMaxLanes];
  for (size_t n = 0; n < lanes(); ++n) {
    wide[n] = to_float(numbers[n]);
  }
  return hn::Load(Floats(), wide);
#else
  const hn::Rebind<hwy::float16_t, Floats> d16;
  return hn::PromoteTo(Floats(), hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(numbers)));
#endif
}

HWY_INLINE void store(Lanes numbers, float* to) { hn::StoreU(numbers, Floats(), to); }

// Bits of bf16 in the high halves: rounded to nearest even, NaN kept a NaN.
HWY_INLINE auto bfloat16_bits(Lanes numbers) {
  const hn::RebindToUnsigned<Floats> d32;
  const auto bits = hn::BitCast(d32, numbers);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1));
  const auto rounded = hn::Add(hn::Add(bits, hn::Set(d32, 0x7fff)), odd);
  const auto quiet = hn::Or(bits, hn::Set(d32, 0x400000));
  return hn::IfThenElse(hn::RebindMask(d32, hn::IsNaN(numbers)), quiet, rounded);
}

HWY_INLINE void store(Lanes numbers, BFloat16* to) {
  const hn::Rebind<uint16_t, Floats> d16;
#if HWY_TARGET == HWY_AVX3
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm512_cvtepi32_epi16(_mm512_srli_epi32(bfloat16_bits(numbers).raw, 16)));
  (void)d16;
#else
  // Values fit into 16 bits, so the saturating conversion from int32 keeps them only below 2^15:
  // shift as signed numbers, which it keeps all.
  const hn::Rebind<int16_t, Floats> s16;
  const hn::RebindToSigned<Floats> s32;
  const auto high = hn::ShiftRight<16>(hn::BitCast(s32, bfloat16_bits(numbers)));
  hn::StoreU(hn::BitCast(d16, hn::DemoteTo(s16, high)), d16, reinterpret_cast<uint16_t*>(to));
#endif
}

// fp16, rounded to nearest even.
HWY_INLINE auto float16_of(Lanes numbers) {
  const hn::Rebind<hwy::float16_t, Floats> d16;
#if HWY_TARGET == HWY_SSE4
  alignas(64) float wide[kMaxLanes];
  alignas(64) Float16 narrow[kMaxLanes];
  hn::Store(numbers, Floats(), wide);
  for (size_t n = 0; n < lanes(); ++n) {
    narrow[n] = to_float16(wide[n]);
  }
  return hn::Load(d16, reinterpret_cast<const hwy::float16_t*>(narrow));
#else
  return hn::DemoteTo(d16, numbers);
#endif
}

HWY_INLINE void store(Lanes numbers, Float16* to) {
  const hn::Rebind<hwy::float16_t, Floats> d16;
  hn::StoreU(float16_of(numbers), d16, reinterpret_cast<hwy::float16_t*>(to));
}

// The first `count` numbers, fewer than a vector; the other lanes are 0.
template <class T>
HWY_INLINE Lanes load_part(const T* numbers, size_t count) {
  alignas(64) T buffer[kMaxLanes] = {};
  std::memcpy(buffer, numbers, count * sizeof(T));
  return load(buffer);
}

template <class T>
HWY_INLINE void store_part(Lanes numbers, T* to, size_t count) {
  alignas(64) T buffer[kMaxLanes];
  store(numbers, buffer);
  std::memcpy(to, buffer, count * sizeof(T));
}

// Two neighbouring vectors: the unit of all loops, as a register holds two vectors' worth of 16-bit
// numbers.
struct Pair {
  Lanes low, high;

  // Written out: with GCC for ARM an implicit one lacks the target's attribute and cannot inline
  // the vectors' own.
  HWY_INLINE Pair() {}
  HWY_INLINE Pair(Lanes low_lanes, Lanes high_lanes) : low(low_lanes), high(high_lanes) {}
};

template <class T>
HWY_INLINE Pair load_pair(const T* numbers) {
  return {load(numbers), load(numbers + lanes())};
}

template <class T>
HWY_INLINE void store_pair(const Pair& numbers, T* to) {
  store(numbers.low, to);
  store(numbers.high, to + lanes());
}

#if HWY_TARGET == HWY_AVX3
// Each bf16 in the high half of its own lane: words 0..15 of `bits`, or 16..31.
HWY_INLINE Lanes spread(__m512i bits, __m512i index) {
  return Lanes{_mm512_castsi512_ps(_mm512_maskz_permutexvar_epi16(0xaaaaaaaa, index, bits))};
}

HWY_INLINE Pair pair_of(__m512i bits) {
  const __m512i low =
      _mm512_slli_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), 16);
  return {spread(bits, low), spread(bits, _mm512_add_epi32(low, _mm512_set1_epi32(16 << 16)))};
}

HWY_INLINE Pair load_pair(const BFloat16* numbers) { return pair_of(_mm512_loadu_si512(numbers)); }

HWY_INLINE __m512i packed(const Pair& numbers) {
  const __m512i high_halves = _mm512_add_epi16(
      _mm512_slli_epi16(_mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17,
                                         16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                        1),
      _mm512_set1_epi16(1));
  return _mm512_permutex2var_epi16(bfloat16_bits(numbers.low).raw, high_halves,
                                   bfloat16_bits(numbers.high).raw);
}

HWY_INLINE void store_pair(const Pair& numbers, BFloat16* to) {
  _mm512_storeu_si512(to, packed(numbers));
}

// bf16 by the CPU's own conversion (AVX512_BF16), which flushes subnormal results to 0. Written as
// assembly, as Highway 1.0.3 has no target with it; callers ask the CPU first.
struct NativeBFloat16 {
  uint16_t bits;
};

HWY_INLINE Lanes load(const NativeBFloat16* numbers) {
  return load(reinterpret_cast<const BFloat16*>(numbers));
}

HWY_INLINE Pair load_pair(const NativeBFloat16* numbers) {
  return pair_of(_mm512_loadu_si512(numbers));
}

HWY_INLINE __m512i natively_packed(const Pair& numbers) {
  __m512i bits;
  asm("vcvtne2ps2bf16 %1, %2, %0" : "=v"(bits) : "v"(numbers.low.raw), "v"(numbers.high.raw));
  return bits;
}

HWY_INLINE void store_pair(const Pair& numbers, NativeBFloat16* to) {
  _mm512_storeu_si512(to, natively_packed(numbers));
}

HWY_INLINE void store(Lanes numbers, NativeBFloat16* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                      _mm512_castsi512_si256(natively_packed({numbers, numbers})));
}
#endif

// What numbers a storage type holds.
template <class T>
struct NumberOfStorage {
  using type = T;
};
#if HWY_TARGET == HWY_AVX3
template <>
struct NumberOfStorage<NativeBFloat16> {
  using type = BFloat16;
};
#endif
template <class T>
using NumberOf = typename NumberOfStorage<T>::type;

// Past the caches; `to` is aligned to kStreamBytes.
inline constexpr size_t kStreamBytes = 64;

template <class T>
HWY_INLINE void stream_pair(const Pair& numbers, T* to) {
  if constexpr (sizeof(T) == sizeof(float)) {
    hn::Stream(numbers.low, Floats(), to);
    hn::Stream(numbers.high, Floats(), to + lanes());
  } else {
    alignas(64) T rounded[2 * kMaxLanes];
    store_pair(numbers, rounded);
    const hn::Repartition<uint16_t, Floats> d16;
    hn::Stream(hn::Load(d16, reinterpret_cast<const uint16_t*>(rounded)), d16,
               reinterpret_cast<uint16_t*>(to));
  }
}

// Stores the numbers and gives them back as they were rounded.
HWY_INLINE Pair store_rounded(const Pair& numbers, float* to) {
  store_pair(numbers, to);
  return numbers;
}

HWY_INLINE Pair store_rounded(const Pair& numbers, Float16* to) {
  store_pair(numbers, to);
  return load_pair(to);
}

#if HWY_TARGET == HWY_AVX3
HWY_INLINE Pair store_rounded(const Pair& numbers, BFloat16* to) {
  const __m512i bits = packed(numbers);
  _mm512_storeu_si512(to, bits);
  return pair_of(bits);
}

HWY_INLINE Pair store_rounded(const Pair& numbers, NativeBFloat16* to) {
  const __m512i bits = natively_packed(numbers);
  _mm512_storeu_si512(to, bits);
  return pair_of(bits);
}
#else
HWY_INLINE Pair store_rounded(const Pair& numbers, BFloat16* to) {
  const hn::RebindToUnsigned<Floats> d32;
  const auto high_half = hn::Set(d32, 0xffff0000u);
  store_pair(numbers, to);
  return {hn::BitCast(Floats(), hn::And(bfloat16_bits(numbers.low), high_half)),
          hn::BitCast(Floats(), hn::And(bfloat16_bits(numbers.high), high_half))};
}
#endif

// u = fma(alpha, x, shift), rounded once on every target. An absent shift is -0, which adds
// nothing.
struct Argument {
  Lanes alpha, shift;
  bool has_shift;

  HWY_INLINE Lanes operator()(Lanes x) const {
#if !HWY_NATIVE_FMA
    if (has_shift) {
      alignas(64) float numbers[kMaxLanes];
      hn::Store(x, Floats(), numbers);
      for (size_t n = 0; n < lanes(); ++n) {
        numbers[n] = std::fma(hn::GetLane(alpha), numbers[n], hn::GetLane(shift));
      }
      return hn::Load(Floats(), numbers);
    }
#endif
    return hn::MulAdd(alpha, x, shift);
  }
};

HWY_INLINE double sum_of(Lanes numbers) {
  alignas(64) float buffer[kMaxLanes];
  hn::Store(numbers, Floats(), buffer);
  double total = 0;
  for (size_t n = 0; n < lanes(); ++n) {
    total += buffer[n];
  }
  return total;
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_LANES_INL_H_
