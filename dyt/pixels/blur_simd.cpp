// SPDX-License-Identifier: Apache-2.0
// A box blur on vectors, for the CPU that runs it: neighbouring columns side by side.
#include "dyt/pixels/internal/blur_pass.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dyt/pixels/blur_simd.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, as Highway wants it.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dyt::pixels::internal::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// The values of one row in the columns of a vector; beyond an edge its row goes on.
template <class D>
struct Columns {
  const uint8_t* first;
  int64_t height;
  int64_t length;

  HWY_INLINE hn::Vec<D> at(int64_t row) const {
    const hn::Rebind<uint8_t, D> bytes;
    const int64_t inside = row < 0 ? 0 : row >= height ? height - 1 : row;
    return hn::PromoteTo(D(), hn::LoadU(bytes, first + inside * length));
  }
};

template <class D>
HWY_INLINE void blur_columns(const Columns<D>& column, const BoxWeights& box, uint8_t* output) {
  const D d;
  const hn::Rebind<uint8_t, D> bytes;
  const hn::RebindToSigned<D> narrowed;
  const auto inside = hn::Set(d, box.inside), edge = hn::Set(d, box.edge);
  const auto half = hn::Set(d, 1U << 23);
  auto sum = hn::Zero(d);
  for (int64_t row = -box.reach - 1; row < box.reach; ++row) {
    sum = hn::Add(sum, column.at(row));
  }
  for (int64_t row = 0; row < column.height; ++row) {
    const auto left = column.at(row - box.reach - 1);
    sum = hn::Sub(hn::Add(sum, column.at(row + box.reach)), left);
    const auto edges = hn::Add(left, column.at(row + box.reach + 1));
    const auto total = hn::Add(hn::Mul(sum, inside), hn::Add(hn::Mul(edges, edge), half));
    hn::StoreU(hn::DemoteTo(bytes, hn::BitCast(narrowed, hn::ShiftRight<24>(total))), bytes,
               output + row * column.length);
  }
}

void blur_all(const uint8_t* input, int64_t height, int64_t length, const BoxWeights& box,
              uint8_t* output) {
  using Wide = hn::ScalableTag<uint32_t>;
  using One = hn::CappedTag<uint32_t, 1>;
  const auto lanes = static_cast<int64_t>(hn::Lanes(Wide()));
  int64_t place = 0;
  for (; place + lanes <= length; place += lanes) {
    blur_columns(Columns<Wide>{input + place, height, length}, box, output + place);
  }
  for (; place < length; ++place) {
    blur_columns(Columns<One>{input + place, height, length}, box, output + place);
  }
}

}  // namespace
}  // namespace dyt::pixels::internal::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace dyt::pixels::internal {
namespace {

HWY_EXPORT(blur_all);

}  // namespace

void blur_down(const uint8_t* input, int64_t height, int64_t length, const BoxWeights& box,
               uint8_t* output) {
  HWY_DYNAMIC_DISPATCH(blur_all)(input, height, length, box, output);
}

}  // namespace dyt::pixels::internal

#endif  // HWY_ONCE
