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

// bf16 arrays are computed by whoever has the better conversion: visit(storage type, number type).
template <class Visit>
void with_storage(DType dtype, const Visit& visit) {
  switch (dtype) {
    case DType::kBFloat16:
#if HWY_TARGET == HWY_AVX3
      if (internal::has_native_bfloat16()) {
        return visit(NativeBFloat16{}, BFloat16{});
      }
#endif
      return visit(BFloat16{}, BFloat16{});
    case DType::kFloat16:
      return visit(Float16{}, Float16{});
    default:
      return visit(float{}, float{});
  }
}

}  // namespace dyt::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // DYT_KERNELS_POINTWISE_TYPES_INL_H_
