// SPDX-License-Identifier: Apache-2.0
// Adds the chunks' sums in their order. Included once per SIMD target.
#if defined(DYT_KERNELS_COLUMN_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_COLUMN_SUMS_INL_H_
#undef DYT_KERNELS_COLUMN_SUMS_INL_H_
#else
#define DYT_KERNELS_COLUMN_SUMS_INL_H_
#endif

#include "dyt/kernels/internal/column_sums.h"
#include "dyt/kernels/internal/parameters-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

// Sums of fp32 numbers in fp64.
struct DoubleSums {
  hn::Vec<Doubles> low, high;

  HWY_INLINE static DoubleSums zero() { return {hn::Zero(Doubles()), hn::Zero(Doubles())}; }

  HWY_INLINE void add(Lanes numbers) {
    const hn::Half<Floats> half;
    low = hn::Add(low, hn::PromoteTo(Doubles(), hn::LowerHalf(half, numbers)));
    high = hn::Add(high, hn::PromoteTo(Doubles(), hn::UpperHalf(half, numbers)));
  }

  HWY_INLINE void store(double* to) const {
    hn::StoreU(low, Doubles(), to);
    hn::StoreU(high, Doubles(), to + hn::Lanes(Doubles()));
  }

  HWY_INLINE double total() const {
    return hn::GetLane(hn::SumOfLanes(Doubles(), hn::Add(low, high)));
  }
};

// One gradient: `first` is the first chunk's sums, each next chunk's lie `stride` further. A column
// of a wide row belongs to channel column % channels; `repeats` of them make the row.
HWY_NOINLINE inline void store_column_sums(DType type, const float* first, int64_t stride,
                                           int64_t chunks, int64_t channels, int64_t repeats,
                                           void* gradient, const ParallelFor& parallel_for) {
  if (gradient == nullptr) {
    return;
  }
  constexpr int64_t kColumns = 1024;
  parallel_for(internal::ceil_div(channels, kColumns), [&](int64_t piece) HWY_ATTR {
    const int64_t begin = piece * kColumns;
    const int64_t count = std::min(kColumns, channels - begin);
    const auto one = static_cast<int64_t>(lanes());
    double totals[kColumns + kMaxLanes];
    for (int64_t n = 0; n < count; n += one) {
      DoubleSums sums = DoubleSums::zero();
      for (int64_t part = 0; part < chunks * repeats; ++part) {
        const float* from = first + part / repeats * stride + part % repeats * channels + begin + n;
        sums.add(n + one <= count ? load(from) : load_part(from, static_cast<size_t>(count - n)));
      }
      sums.store(totals + n);
    }
    store_sums(type, totals, count, static_cast<char*>(gradient) + begin * size_of(type));
  });
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_COLUMN_SUMS_INL_H_
