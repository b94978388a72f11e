// SPDX-License-Identifier: Apache-2.0
// The plain implementations, beside every fast one for ever: one loop, one element at a time, one
// thread.
//
// Compute fp32, bf16 and fp16 in double and fp64 in long double, so that only the last rounding
// counts. Types: all; ranges: all of functions.h. Their own errors, well inside the tables' (tests
// enforce them too):
#pragma once

#include "dyt/kernels/norm.h"
#include "dyt/kernels/pointwise.h"

namespace dyt::kernels {

inline constexpr double kReferenceMaxUlp = 0.51;            // of t, all types
inline constexpr double kReferenceMaxReducedError = 1e-10;  // up to 900,000 terms a sum
inline constexpr double kReferenceMaxNormError = 2e-12;     // at any mean

void forward_reference(const ForwardProblem& problem, const ParallelFor& = {});
void backward_reference(const BackwardProblem& problem, const ParallelFor& = {});

void forward_reference(const NormForwardProblem& problem, const ParallelFor& = {});
void backward_reference(const NormBackwardProblem& problem, const ParallelFor& = {});

// f''(u) of `count` numbers: what double backward needs beyond forward and backward. At kinks the
// inner value, at 0 of an odd f 0. |error| <= the bound * max(1, |f''(u)|); beyond the type's
// range infinite (exproot and power23_clip near 0).
inline constexpr double kMaxCurvatureErrorFp32 = 1e-6;
inline constexpr double kMaxCurvatureErrorFp64 = 1e-14;

void curvature_reference(Function function, DType dtype, int64_t count, const void* u,
                         void* curvature);

}  // namespace dyt::kernels
