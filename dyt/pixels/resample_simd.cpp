// SPDX-License-Identifier: Apache-2.0
// The passes of resizing on vectors, for the CPU that runs them. All sums are of integers: the same
// bits as one by one.
#include "dyt/pixels/internal/resample_passes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/pixels/resample_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway wants it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dyt::pixels::internal::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Sums = hn::ScalableTag<int32_t>;
using Bytes = hn::Rebind<uint8_t, Sums>;
using Sum = hn::Vec<Sums>;

template <class D>
HWY_INLINE hn::Vec<D> half(D d) {
  return hn::Set(d, 1 << (kPrecisionBits - 1));
}

// Clamped to 0..255 by the narrowing.
template <class D>
HWY_INLINE void store(D, hn::Vec<D> sum, uint8_t* output) {
  const hn::Rebind<uint8_t, D> bytes;
  hn::StoreU(hn::DemoteTo(bytes, hn::ShiftRight<kPrecisionBits>(sum)), bytes, output);
}

template <class D>
HWY_INLINE hn::Vec<D> plus(D d, hn::Vec<D> sum, const uint8_t* values, hn::Vec<D> weight) {
  const hn::Rebind<uint8_t, D> bytes;
  return hn::Add(sum, hn::Mul(hn::PromoteTo(d, hn::LoadU(bytes, values)), weight));
}

// One pixel of three channels a vector of four numbers; the fourth is the next pixel's first, and
// is written over by it.
constexpr int64_t kRowsAtOnce = 4;  // they share the weights

HWY_INLINE void across_four(const uint8_t* const* lines, const Taps& taps, uint8_t* output,
                            int64_t output_stride) {
  const hn::CappedTag<int32_t, 4> d;
  for (int64_t o = 0; o < taps.outputs(); ++o) {
    const int64_t first = 3 * taps.first[static_cast<size_t>(o)];
    const int64_t count = taps.count[static_cast<size_t>(o)];
    const int32_t* weights = taps.of(o);
    auto a = half(d), b = half(d), c = half(d), e = half(d);
    for (int64_t k = 0; k < count; ++k) {
      const auto weight = hn::Set(d, weights[k]);
      const int64_t place = first + 3 * k;
      a = plus(d, a, lines[0] + place, weight);
      b = plus(d, b, lines[1] + place, weight);
      c = plus(d, c, lines[2] + place, weight);
      e = plus(d, e, lines[3] + place, weight);
    }
    uint8_t* pixel = output + 3 * o;
    store(d, a, pixel);
    store(d, b, pixel + output_stride);
    store(d, c, pixel + 2 * output_stride);
    store(d, e, pixel + 3 * output_stride);
  }
}

// All rows but the last `height` % 4, and never the last one: behind it nothing may be read.
int64_t across_colours(const Rows& rows, const Taps& taps, uint8_t* output, int64_t output_stride) {
  if (HWY_TARGET == HWY_SCALAR) {
    return 0;
  }
  int64_t row = 0;
  for (; row + kRowsAtOnce < rows.height; row += kRowsAtOnce) {
    const uint8_t* lines[kRowsAtOnce];
    for (int64_t n = 0; n < kRowsAtOnce; ++n) {
      lines[n] = rows.pixels + (row + n) * rows.stride;
    }
    across_four(lines, taps, output + row * output_stride, output_stride);
  }
  return row;
}

HWY_INLINE void down_block(const uint8_t* column, int64_t stride, const int32_t* weights,
                           int64_t count, uint8_t* output) {
  const Sums d;
  const size_t n = hn::Lanes(d);
  Sum a = half(d), b = half(d), c = half(d), e = half(d);
  for (int64_t k = 0; k < count; ++k) {
    const Sum weight = hn::Set(d, weights[k]);
    const uint8_t* values = column + k * stride;
    a = plus(d, a, values, weight);
    b = plus(d, b, values + n, weight);
    c = plus(d, c, values + 2 * n, weight);
    e = plus(d, e, values + 3 * n, weight);
  }
  store(d, a, output);
  store(d, b, output + n);
  store(d, c, output + 2 * n);
  store(d, e, output + 3 * n);
}

HWY_INLINE void down_vector(const uint8_t* column, int64_t stride, const int32_t* weights,
                            int64_t count, uint8_t* output) {
  const Sums d;
  Sum sum = half(d);
  for (int64_t k = 0; k < count; ++k) {
    sum = plus(d, sum, column + k * stride, hn::Set(d, weights[k]));
  }
  store(d, sum, output);
}

// One output row of `length` bytes, from the rows that begin at `line`.
void down_row(const uint8_t* line, int64_t stride, const int32_t* weights, int64_t count,
              int64_t length, uint8_t* output) {
  const auto one = static_cast<int64_t>(hn::Lanes(Sums()));
  int64_t place = 0;
  for (; place + 4 * one <= length; place += 4 * one) {
    down_block(line + place, stride, weights, count, output + place);
  }
  for (; place + one <= length; place += one) {
    down_vector(line + place, stride, weights, count, output + place);
  }
  for (; place < length; ++place) {
    output[place] = weighted(line + place, stride, weights, count);
  }
}

}  // namespace
}  // namespace dyt::pixels::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace dyt::pixels::internal {
namespace {

HWY_EXPORT(across_colours);
HWY_EXPORT(down_row);

}  // namespace

void across(const Rows& rows, const Taps& taps, uint8_t* output, int64_t output_stride) {
  int64_t row = 0;
  if (rows.channels == 3) {
    row = HWY_DYNAMIC_DISPATCH(across_colours)(rows, taps, output, output_stride);
  }
  for (; row < rows.height; ++row) {
    const uint8_t* line = rows.pixels + row * rows.stride;
    uint8_t* value = output + row * output_stride;
    for (int64_t o = 0; o < taps.outputs(); ++o) {
      const uint8_t* first = line + taps.first[static_cast<size_t>(o)] * rows.channels;
      const int64_t count = taps.count[static_cast<size_t>(o)];
      for (int64_t channel = 0; channel < rows.channels; ++channel) {
        *value++ = weighted(first + channel, rows.channels, taps.of(o), count);
      }
    }
  }
}

void down(const Rows& rows, const Taps& taps, int64_t skipped, uint8_t* output) {
  const int64_t length = rows.width * rows.channels;
  for (int64_t o = 0; o < taps.outputs(); ++o) {
    const auto n = static_cast<size_t>(o);
    HWY_DYNAMIC_DISPATCH(down_row)
    (rows.pixels + (taps.first[n] - skipped) * rows.stride, rows.stride, taps.of(o), taps.count[n],
     length, output + o * length);
  }
}

}  // namespace dyt::pixels::internal

#endif  // HWY_ONCE
