// SPDX-License-Identifier: Apache-2.0
// The numbers of the C interface's enumerations (dyt.h) and what they stand for. They never change:
// a new function takes the next free one.
#pragma once

#include <algorithm>
#include <iterator>

#include "dyt/kernels/dyt.h"
#include "dyt/kernels/functions.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::internal {

struct FunctionNumber {
  dyt_function number;
  Function function;
};

inline constexpr FunctionNumber kFunctionNumbers[] = {
    {DYT_FUNCTION_TANH, Function::kTanh},
    {DYT_FUNCTION_ERF, Function::kErf},
    {DYT_FUNCTION_ISRU, Function::kIsru},
    {DYT_FUNCTION_LINEAR_CLIP, Function::kLinearClip},
    {DYT_FUNCTION_SIGMOID, Function::kSigmoid},
    {DYT_FUNCTION_ARCTAN, Function::kArctan},
    {DYT_FUNCTION_SATURSIN, Function::kSatursin},
    {DYT_FUNCTION_SMOOTHSIGN, Function::kSmoothsign},
    {DYT_FUNCTION_RELSIGN, Function::kRelsign},
    {DYT_FUNCTION_EXPSIGN, Function::kExpsign},
    {DYT_FUNCTION_EXPROOT, Function::kExproot},
    {DYT_FUNCTION_CUBSIGN, Function::kCubsign},
    {DYT_FUNCTION_SATURLOG, Function::kSaturlog},
    {DYT_FUNCTION_LOGSIGN_CLIP, Function::kLogsignClip},
    {DYT_FUNCTION_LOGQUAD_CLIP, Function::kLogquadClip},
    {DYT_FUNCTION_POWER23_CLIP, Function::kPower23Clip},
};

constexpr bool has_one_number(const FunctionRow& row) {
  return std::ranges::count(kFunctionNumbers, row.function, &FunctionNumber::function) == 1;
}
static_assert(
    std::ranges::all_of(kFunctions, has_one_number) &&
        std::size(kFunctionNumbers) == std::size(kFunctions),
    "every row of kFunctions needs one number for C: the next free one, in dyt.h and here");

// The row of that function; null where the number stands for none.
constexpr const FunctionRow* row_of(dyt_function number) {
  const auto* found = std::ranges::find(kFunctionNumbers, number, &FunctionNumber::number);
  return found == std::end(kFunctionNumbers)
             ? nullptr
             : std::ranges::find(kFunctions, found->function, &FunctionRow::function);
}

struct DTypeNumber {
  dyt_dtype number;
  DType dtype;
  const char* name;
};

inline constexpr DTypeNumber kDTypeNumbers[] = {
    {DYT_DTYPE_FLOAT32, DType::kFloat32, "float32"},
    {DYT_DTYPE_FLOAT64, DType::kFloat64, "float64"},
    {DYT_DTYPE_BFLOAT16, DType::kBFloat16, "bfloat16"},
    {DYT_DTYPE_FLOAT16, DType::kFloat16, "float16"},
};

constexpr const char* name_of(DType dtype) {
  return std::ranges::find(kDTypeNumbers, dtype, &DTypeNumber::dtype)->name;
}

}  // namespace dyt::kernels::internal
