// SPDX-License-Identifier: Apache-2.0
// Parameters as fp32 numbers, and fp64 sums as gradients of the parameters' type, by vectors.
// Included once per SIMD target.
#if defined(DYT_KERNELS_PARAMETERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_PARAMETERS_INL_H_
#undef DYT_KERNELS_PARAMETERS_INL_H_
#else
#define DYT_KERNELS_PARAMETERS_INL_H_
#endif

#include <vector>

#include "dyt/kernels/internal/call.h"
#include "dyt/kernels/internal/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

// visit(T{}) with the type that is stored.
template <class Visit>
void with_portable_storage(DType dtype, const Visit& visit) {
  switch (dtype) {
    case DType::kBFloat16:
      return visit(BFloat16{});
    case DType::kFloat16:
      return visit(Float16{});
    default:
      return visit(float{});
  }
}

template <class T>
void widen(const T* numbers, int64_t count, float* to) {
  const auto one = static_cast<int64_t>(lanes());
  for (int64_t n = 0; n < count; n += one) {
    if (n + one <= count) {
      store(load(numbers + n), to + n);
    } else {
      const auto left = static_cast<size_t>(count - n);
      store_part(load_part(numbers + n, left), to + n, left);
    }
  }
}

// One number for each column of a wide row, fp32. Points into the caller's array where that holds
// them already.
class Columns {
 public:
  Columns(DType dtype, const void* numbers, int64_t channels, int64_t repeats, float absent) {
    if (dtype == DType::kFloat32 && numbers != nullptr && repeats == 1) {
      data_ = static_cast<const float*>(numbers);
      return;
    }
    copy_.resize(static_cast<size_t>(channels * repeats), absent);
    data_ = copy_.data();
    if (numbers == nullptr) {
      return;
    }
    with_portable_storage(dtype, [&](auto storage) {
      widen(static_cast<const decltype(storage)*>(numbers), channels, copy_.data());
    });
    for (int64_t n = 1; n < repeats; ++n) {
      std::copy_n(copy_.begin(), channels, copy_.begin() + n * channels);
    }
  }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;

  const float* data() const { return data_; }

 private:
  std::vector<float> copy_;
  const float* data_;
};

using Doubles = hn::Repartition<double, Floats>;

// What a 16-bit number cannot hold is cut off, but for one bit that says whether there was any: the
// number is an fp32 one then, and rounding that rounds `numbers` once.
HWY_INLINE hn::Vec<Doubles> cut_to_float(hn::Vec<Doubles> numbers) {
  const hn::RebindToUnsigned<Doubles> d64;
  const auto low = hn::Set(d64, (uint64_t{1} << 29) - 1);
  const auto bits = hn::BitCast(d64, numbers);
  const auto more = hn::And(hn::Add(hn::And(bits, low), low), hn::Set(d64, uint64_t{1} << 29));
  return hn::BitCast(Doubles(), hn::Or(hn::AndNot(low, bits), more));
}

// As many of the doubles as a vector of T's arithmetic takes.
template <class T>
HWY_INLINE Lanes lanes_of(const double* numbers) {
  const hn::Half<Floats> half;
  auto low = hn::LoadU(Doubles(), numbers);
  auto high = hn::LoadU(Doubles(), numbers + hn::Lanes(Doubles()));
  if constexpr (!std::is_same_v<T, float>) {
    low = cut_to_float(low);
    high = cut_to_float(high);
  }
  return hn::Combine(Floats(), hn::DemoteTo(half, high), hn::DemoteTo(half, low));
}

template <class T>
void narrow(const double* numbers, int64_t count, T* to) {
  const auto one = static_cast<int64_t>(lanes());
  for (int64_t n = 0; n < count; n += one) {
    if (n + one <= count) {
      store(lanes_of<T>(numbers + n), to + n);
    } else {
      const auto left = static_cast<size_t>(count - n);
      double buffer[kMaxLanes] = {};
      std::copy_n(numbers + n, left, buffer);
      store_part(lanes_of<T>(buffer), to + n, left);
    }
  }
}

// Rounds sums to that type; nothing where they are not wanted.
inline void store_sums(DType type, const double* sums, int64_t count, void* gradient) {
  if (gradient != nullptr) {
    with_portable_storage(type, [&](auto storage) {
      narrow(sums, count, static_cast<decltype(storage)*>(gradient));
    });
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_PARAMETERS_INL_H_
