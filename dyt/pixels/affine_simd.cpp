// SPDX-License-Identifier: Apache-2.0
// The channels of a pixel side by side in a vector, for the CPU that runs it.
#include "dyt/pixels/internal/bicubic.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/pixels/affine_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway wants it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dyt::pixels::internal::HWY_NAMESPACE {
namespace {

#if HWY_MAX_BYTES >= 32

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, 4>;
using Ints = hn::Rebind<int32_t, Doubles>;
using Bytes = hn::Rebind<uint8_t, Doubles>;
using Colours = hn::Vec<Doubles>;

HWY_INLINE Colours pixel(const uint8_t* values) {
  return hn::PromoteTo(Doubles(), hn::PromoteTo(Ints(), hn::LoadU(Bytes(), values)));
}

// As cubic_between(), operation by operation.
HWY_INLINE Colours between(Colours a, Colours b, Colours c, Colours d, Colours at) {
  const Colours p2 = hn::Sub(c, a);
  const Colours p3 = hn::Sub(hn::Add(hn::Add(hn::Sub(a, b), hn::Sub(a, b)), c), d);
  const Colours p4 = hn::Add(hn::Sub(hn::Sub(b, a), c), d);
  return hn::Add(b, hn::Mul(at, hn::Add(p2, hn::Mul(at, hn::Add(p3, hn::Mul(at, p4))))));
}

HWY_INLINE Colours line(const uint8_t* row, const Neighbours& around, Colours x) {
  return between(pixel(row + around.columns[0]), pixel(row + around.columns[1]),
                 pixel(row + around.columns[2]), pixel(row + around.columns[3]), x);
}

void colours(const uint8_t* values, const Neighbours& around, uint8_t* output) {
  const Doubles d;
  const Colours x = hn::Set(d, around.x), y = hn::Set(d, around.y);
  const Colours value = between(
      line(values + around.rows[0], around, x), line(values + around.rows[1], around, x),
      line(values + around.rows[2], around, x), line(values + around.rows[3], around, x), y);
  const Colours clamped = hn::Min(hn::Max(value, hn::Zero(d)), hn::Set(d, 255.0));
  alignas(16) uint8_t bytes[16];
  hn::StoreU(hn::DemoteTo(Bytes(), hn::DemoteTo(Ints(), clamped)), Bytes(), bytes);
  std::copy_n(bytes, 3, output);
}

#else  // four doubles are no vector there

void colours(const uint8_t* values, const Neighbours& around, uint8_t* output) {
  for (int64_t channel = 0; channel < 3; ++channel) {
    output[channel] = bicubic(values + channel, around);
  }
}

#endif

}  // namespace
}  // namespace dyt::pixels::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace dyt::pixels::internal {
namespace {

HWY_EXPORT(colours);

}  // namespace

void bicubic_colours(const uint8_t* values, const Neighbours& around, uint8_t* output) {
  HWY_DYNAMIC_DISPATCH(colours)(values, around, output);
}

}  // namespace dyt::pixels::internal

#endif  // HWY_ONCE
