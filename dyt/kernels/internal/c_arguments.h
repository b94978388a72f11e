// SPDX-License-Identifier: Apache-2.0
// Checks of the C interface's arguments. What is wrong is refused, with what was expected and
// found.
#pragma once

#include <initializer_list>
#include <optional>

#include "dyt/kernels/functions.h"
#include "dyt/kernels/internal/c_call.h"

namespace dyt::kernels::internal {

// More than any memory holds, and few enough that no product of a kernel overflows.
inline constexpr int64_t kMostElements = int64_t{1} << 52;

Function checked_function(dyt_function number);
DType checked_dtype(dyt_dtype number);
// Of parameters: 0, the arrays' own, or float32 with arrays of 16 bits.
DType checked_parameter_dtype(dyt_dtype number, DType arrays);
bool checked_flag(const char* name, int32_t value);

struct Extent {
  const char* name;
  int64_t value;
  int64_t least = 0;
};
void check_extents(std::initializer_list<Extent> extents);

// How a call uses an array. Replacing ones may be the very arrays that are read or replaced; other
// results overlap nothing.
enum class Use { kRead, kReadOrReplaced, kWritten, kReplacing };

struct Buffer {
  const char* name;
  const void* data;
  int64_t count;
  DType dtype;
  Use use = Use::kRead;
  bool required = false;
};
void check_buffers(std::initializer_list<Buffer> buffers);

struct Pointer {
  const char* name;
  const void* data;
};
// Refuses pointers that are set although only the function `taker` takes them.
void check_unused(const char* taker, std::initializer_list<Pointer> pointers);

}  // namespace dyt::kernels::internal
