// SPDX-License-Identifier: Apache-2.0
// What the GPU's own instructions do, under the names that the kernels use. Counterpart for the
// host: host_machine.h, with the same names and, for the approximate instructions, their documented
// errors.
#pragma once

#include <cstdint>

#include "dyt/kernels/half.h"

namespace dyt::kernels::cuda {

DYT_DEVICE float fused(float a, float b, float c) { return __fmaf_rn(a, b, c); }
DYT_DEVICE double fused(double a, double b, double c) { return __fma_rn(a, b, c); }
DYT_DEVICE uint32_t bits_of(float number) { return __float_as_uint(number); }
DYT_DEVICE float float_of(uint32_t bits) { return __uint_as_float(bits); }
DYT_DEVICE float magnitude(float number) { return fabsf(number); }
DYT_DEVICE double magnitude(double number) { return fabs(number); }
DYT_DEVICE float with_sign(float size, float sign) { return copysignf(size, sign); }
DYT_DEVICE double with_sign(double size, double sign) { return copysign(size, sign); }

// Relative errors as documented: 2^-23, 2^-22.9, 2^-22, 2^-11. "flushed" makes subnormals 0.
DYT_DEVICE float reciprocal_approx(float number) {
  float result;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(number));
  return result;
}
DYT_DEVICE float inverse_root_approx(float number) {
  float result;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(number));
  return result;
}
DYT_DEVICE float exp2_approx(float number) {
  float result;
  asm("ex2.approx.f32 %0, %1;" : "=f"(result) : "f"(number));
  return result;
}
DYT_DEVICE float exp2_approx_flushed(float number) {
  float result;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(number));
  return result;
}
DYT_DEVICE float tanh_approx(float number) {
  float result;
  asm("tanh.approx.f32 %0, %1;" : "=f"(result) : "f"(number));
  return result;
}

// CUDA's library: within 1 ULP of the rounded result (atan, erf in double: 2).
DYT_DEVICE float library_expm1(float number) { return expm1f(number); }
DYT_DEVICE float library_log1p(float number) { return log1pf(number); }
DYT_DEVICE float library_atan(float number) { return atanf(number); }
DYT_DEVICE float library_inverse_cbrt(float number) { return rcbrtf(number); }
DYT_DEVICE double library_exp(double number) { return exp(number); }
DYT_DEVICE double library_expm1(double number) { return expm1(number); }
DYT_DEVICE double library_log1p(double number) { return log1p(number); }
DYT_DEVICE double library_atan(double number) { return atan(number); }
DYT_DEVICE double library_inverse_cbrt(double number) { return rcbrt(number); }
DYT_DEVICE double library_tanh(double number) { return tanh(number); }
DYT_DEVICE double library_erf(double number) { return erf(number); }
DYT_DEVICE double library_root(double number) { return sqrt(number); }

DYT_DEVICE float widened(BFloat16 number) {
  return __uint_as_float(static_cast<uint32_t>(number.bits) << 16);
}
DYT_DEVICE float widened(Float16 number) {
  float result;
  asm("cvt.f32.f16 %0, %1;" : "=f"(result) : "h"(number.bits));
  return result;
}

// Two numbers rounded to 16 bits each, `low` in the lower half. To nearest even, subnormals kept.
template <class T>
DYT_DEVICE uint32_t rounded_pair(float low, float high);
template <>
DYT_DEVICE uint32_t rounded_pair<BFloat16>(float low, float high) {
  uint32_t result;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
  return result;
}
template <>
DYT_DEVICE uint32_t rounded_pair<Float16>(float low, float high) {
  uint32_t result;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
  return result;
}

// One 16-byte access; the address is aligned.
struct alignas(16) Words {
  uint32_t at[4];
};
DYT_DEVICE Words load_words(const void* address) {
  const uint4 words = *static_cast<const uint4*>(address);
  return {{words.x, words.y, words.z, words.w}};
}
DYT_DEVICE void store_words(void* address, const Words& words) {
  *static_cast<uint4*>(address) = make_uint4(words.at[0], words.at[1], words.at[2], words.at[3]);
}
DYT_DEVICE double double_of(uint32_t low, uint32_t high) {
  return __hiloint2double(static_cast<int>(high), static_cast<int>(low));
}
DYT_DEVICE uint32_t low_of(double number) { return static_cast<uint32_t>(__double2loint(number)); }
DYT_DEVICE uint32_t high_of(double number) { return static_cast<uint32_t>(__double2hiint(number)); }

// The place of a thread in its grid, and how the threads of a block meet.
struct Machine {
  DYT_DEVICE int thread() const { return static_cast<int>(threadIdx.x); }
  DYT_DEVICE int threads() const { return static_cast<int>(blockDim.x); }
  DYT_DEVICE int64_t block_x() const { return blockIdx.x; }
  DYT_DEVICE int64_t block_y() const { return blockIdx.y; }
  DYT_DEVICE int64_t blocks_x() const { return gridDim.x; }
  DYT_DEVICE int64_t blocks_y() const { return gridDim.y; }
  DYT_DEVICE void meet() const { __syncthreads(); }
  // The value of the lane whose number differs by `distance`, a power of two below 32. All lanes.
  template <class A>
  DYT_DEVICE A of_lane_across(A value, int distance) const {
    return __shfl_xor_sync(0xffffffffu, value, distance);
  }
};

}  // namespace dyt::kernels::cuda
