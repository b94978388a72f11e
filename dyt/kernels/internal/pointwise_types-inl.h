// SPDX-License-Identifier: Apache-2.0
// From a problem's type to the loops compiled for it. Included once per SIMD target.
#if defined(DYT_KERNELS_POINTWISE_TYPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef DYT_KERNELS_POINTWISE_TYPES_INL_H_
#undef DYT_KERNELS_POINTWISE_TYPES_INL_H_
#else
#define DYT_KERNELS_POINTWISE_TYPES_INL_H_
#endif

#include "dyt/kernels/internal/pointwise_backward-inl.h"
#include "dyt/kernels/internal/pointwise_forward-inl.h"

HWY_BEFORE_NAMESPACE();
namespace dyt::kernels::HWY_NAMESPACE {

// As with_portable_storage where bf16 results below the normal numbers may be 0: by the CPU's own
// conversion.
template <class Visit>
void with_storage(DType dtype, const Visit& visit) {
#if HWY_TARGET == HWY_AVX3
  if (dtype == DType::kBFloat16 && internal::has_native_bfloat16()) {
    return visit(NativeBFloat16{});
  }
#endif
  with_portable_storage(dtype, visit);
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_POINTWISE_TYPES_INL_H_
