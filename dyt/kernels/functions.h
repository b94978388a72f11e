// The functions f of the point-wise family y = weight * f(alpha*x + shift) + bias: one row each,
// with formula, valid range, types and the error that every implementation has to keep.
//
//   for (const FunctionRow& row : kFunctions) { use(row.name, row.formula, row.max_ulp); }
#pragma once

#include <string_view>

namespace dyt::kernels {

enum class Function { kTanh, kErf, kIsru, kLinearClip, kSigmoid };

// Bounds hold for fp32 and fp64 tensors, ULP and "normal" being those of the tensor's type, with
// u = fma(alpha, x, shift) rounded to that type and f(u) in real arithmetic. tests/kernels enforces
// each number of this table on every implementation.
struct FunctionRow {
  std::string_view name;
  Function function;
  std::string_view formula;     // f(u)
  std::string_view slope;       // f'(u), in a form that does not cancel
  std::string_view range;       // valid u
  double max_ulp;               // |t - f(u)| <= max_ulp ULP(f(u))
  double max_slope_error_fp32;  // |slope - f'(u)| <= this * f'(u) wherever f'(u) is normal
  double max_slope_error_fp64;
  std::string_view note;
  double lowest = -1;  // f(-inf), and no f(u) is below it; f(+inf) = 1 is the highest
  bool odd = true;     // f(-u) = -f(u) bit for bit; then -0 stays -0
};

inline constexpr FunctionRow kFunctions[] = {
    {.name = "tanh",
     .function = Function::kTanh,
     .formula = "tanh(u)",
     .slope = "4e / (1 + e)^2 with e = exp(-2|u|)",
     .range = "all; +-inf -> +-1; NaN -> NaN",
     .max_ulp = 2,
     .max_slope_error_fp32 = 1e-6,
     .max_slope_error_fp64 = 1e-14,
     .note = "Dynamic Tanh (DyT); 1 from |u| = 9.011 on in fp32, 19.062 in fp64"},
    {.name = "erf",
     .function = Function::kErf,
     .formula = "erf(u)",
     .slope = "2/sqrt(pi) * exp(-u^2)",
     .range = "all; +-inf -> +-1; NaN -> NaN",
     .max_ulp = 2,
     .max_slope_error_fp32 = 1e-6,
     .max_slope_error_fp64 = 1e-14,
     .note = "Derf; 1 from |u| = 3.920 on in fp32, 5.864 in fp64"},
    {.name = "isru",
     .function = Function::kIsru,
     .formula = "u / sqrt(1 + u^2)",
     .slope = "(1 + u^2)^(-3/2)",
     .range = "all, no overflow of u^2; +-inf -> +-1; NaN -> NaN",
     .max_ulp = 2,
     .max_slope_error_fp32 = 1e-6,
     .max_slope_error_fp64 = 1e-14,
     .note = "DyISRU; algebraic tail, 1 from |u| = 4096 on in fp32"},
    {.name = "linear_clip",
     .function = Function::kLinearClip,
     .formula = "min(max(u, -1), 1)",
     .slope = "1 for |u| <= 1, else 0",
     .range = "all; +-inf -> +-1; NaN -> NaN",
     .max_ulp = 2,
     .max_slope_error_fp32 = 1e-6,
     .max_slope_error_fp64 = 1e-14,
     .note = "hardtanh; the kinks u = +-1 have the inner slope, 1"},
    {.name = "sigmoid",
     .function = Function::kSigmoid,
     .formula = "1 / (1 + exp(-u))",
     .slope = "e / (1 + e)^2 with e = exp(-|u|)",
     .range = "all; -inf -> 0, +inf -> 1; NaN -> NaN",
     .max_ulp = 4,
     .max_slope_error_fp32 = 1e-6,
     .max_slope_error_fp64 = 1e-14,
     .note = "1/2 at 0; subnormal below u = -87.34 in fp32, -708.4 in fp64, and not flushed",
     .lowest = 0,
     .odd = false},
};

// Reduced gradients (alpha, shift, weight, bias): |error| <= this * (sum of the magnitudes of the
// terms) + 1 ULP of the result's type.
inline constexpr double kMaxReducedError = 1e-5;

}  // namespace dyt::kernels
