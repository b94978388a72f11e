// The plain implementation, beside every fast one for ever: one loop, one element at a time, one
// thread.
//
// Computes fp32 in double and fp64 in long double, so that only the last rounding counts. Types:
// fp32 and fp64; ranges: all of functions.h. Its own errors, well inside the table's (tests enforce
// them too):
#pragma once

#include "dyt/kernels/pointwise.h"

namespace dyt::kernels {

inline constexpr double kReferenceMaxUlp = 0.51;            // of t, both types
inline constexpr double kReferenceMaxReducedError = 1e-10;  // up to 900,000 terms a sum

void forward_reference(const ForwardProblem& problem);
void backward_reference(const BackwardProblem& problem);

}  // namespace dyt::kernels
