// SPDX-License-Identifier: Apache-2.0
// The functions f of the point-wise family y = weight * f(alpha*x + shift) + bias: one row each,
// with formula, valid range, types and the error that every implementation has to keep.
//
//   for (const FunctionRow& row : kFunctions) { use(row.name, row.formula, row.max_ulp); }
#pragma once

#include <algorithm>
#include <limits>
#include <string_view>

namespace dyt::kernels {

enum class Function {
  kTanh,
  kErf,
  kIsru,
  kLinearClip,
  kSigmoid,
  kArctan,
  kSatursin,
  kSmoothsign,
  kRelsign,
  kExpsign,
  kExproot,
  kCubsign,
  kSaturlog,
  kLogsignClip,
  kLogquadClip,
  kPower23Clip,
};

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// u = fma(alpha, x, shift) rounded to the arithmetic type, fp32 for fp32, bf16 and fp16 tensors and
// fp64 for fp64 ones; f(u) in real arithmetic; ULP, min and "normal" are the arithmetic type's. The
// bounds hold for fp64 problems, for every problem with `exact`, and max_ulp for fp32 ones; what is
// left may be looser, see below. tests/kernels enforces each number on every implementation.
struct FunctionRow {
  std::string_view name;
  Function function;
  std::string_view formula;  // f(u)
  std::string_view slope;    // f'(u) in a form that does not cancel; for odd f with a = |u|
  double max_ulp;            // |t - f(u)| <= max_ulp ULP(f(u))
  double max_slope;          // max|f'|
  std::string_view note;
  double max_slope_error_fp32 = 1e-6;  // |slope - f'(u)| <= this * f'(u), or min where f' < min
  double max_slope_error_fp64 = 1e-14;
  double kink = 0;     // the largest double |u| inside the clip; f' there is the inner one. 0: none
  double lowest = -1;  // f(-inf), and no f(u) is below it; f(+inf) = 1 is the highest
  bool odd = true;     // f(-u) = -f(u) bit for bit; then -0 stays -0
  std::string_view range = "all; +-inf -> +-1; NaN -> NaN";  // valid u
};

inline constexpr FunctionRow kFunctions[] = {
    {.name = "tanh",
     .function = Function::kTanh,
     .formula = "tanh(u)",
     .slope = "4e / (1 + e)^2 with e = exp(-2a)",
     .max_ulp = 2,
     .max_slope = 1,
     .note = "Dynamic Tanh (DyT); 1 from |u| = 9.011 on in fp32, 19.062 in fp64"},
    {.name = "erf",
     .function = Function::kErf,
     .formula = "erf(u)",
     .slope = "2/sqrt(pi) * exp(-u^2)",
     .max_ulp = 2,
     .max_slope = 1.1283791670955126,
     .note = "Derf; 1 from |u| = 3.920 on in fp32, 5.864 in fp64"},
    {.name = "isru",
     .function = Function::kIsru,
     .formula = "u / sqrt(1 + u^2)",
     .slope = "(1 + u^2)^(-3/2)",
     .max_ulp = 2,
     .max_slope = 1,
     .note = "DyISRU; algebraic tail, 1 from |u| = 4096 on in fp32; u^2 does not overflow"},
    {.name = "linear_clip",
     .function = Function::kLinearClip,
     .formula = "min(max(u, -1), 1)",
     .slope = "1 for a <= 1, else 0",
     .max_ulp = 2,
     .max_slope = 1,
     .note = "hardtanh",
     .kink = 1},
    {.name = "sigmoid",
     .function = Function::kSigmoid,
     .formula = "1 / (1 + exp(-u))",
     .slope = "e / (1 + e)^2 with e = exp(-|u|)",
     .max_ulp = 4,
     .max_slope = 0.25,
     .note = "1/2 at 0; subnormal below u = -87.34 in fp32, -708.4 in fp64, and not flushed",
     .lowest = 0,
     .odd = false,
     .range = "all; -inf -> 0, +inf -> 1; NaN -> NaN"},
    {.name = "arctan",
     .function = Function::kArctan,
     .formula = "2/pi * atan(u)",
     .slope = "2/pi / (1 + u^2)",
     .max_ulp = 4,
     .max_slope = 0.6366197723675814,
     .note = "the tail goes as 1/u: 1 from |u| = 1.1e7 on in fp32"},
    {.name = "satursin",
     .function = Function::kSatursin,
     .formula = "sin(min(max(u, -pi/2), pi/2))",
     .slope = "cos(u) for a <= pi/2, else 0",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "f' has no jump, f'' has",
     .kink = 0x1.921fb54442d18p+0},
    {.name = "smoothsign",
     .function = Function::kSmoothsign,
     .formula = "u / (1 + |u|)",
     .slope = "1 / (1 + a)^2",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "softsign; the tail goes as 1/u. Clipped to +-1 it is the same function"},
    {.name = "relsign",
     .function = Function::kRelsign,
     .formula = "u / (1 + sqrt(1 + u^2))",
     .slope = "1 / (r (1 + r)) with r = sqrt(1 + u^2)",
     .max_ulp = 4,
     .max_slope = 0.5,
     .note = "tanh(asinh(u) / 2); the tail goes as 1/u; u^2 does not overflow"},
    {.name = "expsign",
     .function = Function::kExpsign,
     .formula = "sign(u) (1 - exp(-|u|))",
     .slope = "exp(-a)",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "by expm1 near 0; 1 from |u| = 17.33 on in fp32"},
    {.name = "exproot",
     .function = Function::kExproot,
     .formula = "sign(u) (1 - exp(-sqrt(|u|)))",
     .slope = "exp(-r) / (2r) with r = sqrt(a), 0 at 0",
     .max_ulp = 4,
     .max_slope = kUnbounded,
     .note = "f' is infinite at 0 and by definition 0 there"},
    {.name = "cubsign",
     .function = Function::kCubsign,
     .formula = "u^3 / (1 + |u|^3)",
     .slope = "3a^2 / (1 + a^3)^2",
     .max_ulp = 4,
     .max_slope = 0.8399473665965822,
     .note = "flat at 0; f may be subnormal or 0 where u is normal; u^3 does not overflow"},
    {.name = "saturlog",
     .function = Function::kSaturlog,
     .formula = "sign(u) L / (1 + L) with L = ln(1 + |u|)",
     .slope = "1 / ((1 + a) (1 + L)^2)",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "by log1p near 0; the slowest tail: f = 0.989 at the largest fp32 number"},
    {.name = "logsign_clip",
     .function = Function::kLogsignClip,
     .formula = "min(max(sign(u) ln(1 + |u|), -1), 1)",
     .slope = "1 / (1 + a) for a < e - 1, else 0",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "clipped at |u| = e - 1 = 1.71828182845904524",
     .kink = 0x1.b7e151628aed2p+0},
    {.name = "logquad_clip",
     .function = Function::kLogquadClip,
     .formula = "min(max(sign(u) ln(1 + u^2), -1), 1)",
     .slope = "2a / (1 + u^2) for a < sqrt(e - 1), else 0",
     .max_ulp = 4,
     .max_slope = 1,
     .note = "flat at 0; f may be subnormal or 0 where u is normal; clipped at |u| = "
             "1.31083249443208618",
     .kink = 0x1.4f92b7e61eb29p+0},
    {.name = "power23_clip",
     .function = Function::kPower23Clip,
     .formula = "min(max(sign(u) |u|^(2/3), -1), 1)",
     .slope = "2/3 * a^(-1/3) for a <= 1, else 0; 0 at 0",
     .max_ulp = 4,
     .max_slope = kUnbounded,
     .note = "f' is infinite at 0 and by definition 0 there",
     .kink = 1},
};

// Problems without `exact`: bf16 and fp16 have |t - f(u)| <= kMaxFastUlp16Bit ULP(f(u)), the ULP
// being that of bf16 or fp16, and fp32, bf16 and fp16 |slope - f'(u)| <= this * slope_scale.
inline constexpr double kMaxFastUlp16Bit = 1;
inline constexpr double kMaxFastSlopeErrorFp32 = 1e-6;
inline constexpr double kMaxFastSlopeError16Bit = 1e-5;
// They may also make 0 of a bf16 result below the normal numbers: the CPU's own conversion does.
inline constexpr double kFastFlushBFloat16 = 0x1p-126;

// max|f'|; where f' has no bound, the larger of 1 and f'(u).
constexpr double slope_scale(const FunctionRow& row, double slope) {
  return row.max_slope < kUnbounded ? row.max_slope : std::max(1.0, slope);
}

// Reduced gradients (alpha, shift, weight, bias): |error| <= this * (sum of the magnitudes of the
// terms) + 1 ULP of the result's type.
inline constexpr double kMaxReducedError = 1e-5;

}  // namespace dyt::kernels
