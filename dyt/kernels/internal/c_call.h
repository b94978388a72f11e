// SPDX-License-Identifier: Apache-2.0
// What every function of the C interface does: it works on its own copy of the arguments, throws
// nothing out, and leaves the text of a refusal behind.
#pragma once

#include <sstream>
#include <string>

#include "dyt/kernels/dyt.h"
#include "dyt/kernels/types.h"

namespace dyt::kernels::internal {

// Thrown inside, turned into a status by guarded().
struct Refusal {
  dyt_status status;
  std::string text;
};

template <class... Parts>
[[noreturn]] void refuse(dyt_status status, const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw Refusal{status, text.str()};
}

const char* last_error() noexcept;

// The status of the exception that is being handled; keeps its text for last_error().
dyt_status caught(const char* function) noexcept;

template <class Body>
dyt_status guarded(const char* function, const Body& body) noexcept {
  try {
    body();
    return DYT_STATUS_OK;
  } catch (...) {
    return caught(function);
  }
}

// Copies a caller's struct whose first member is its size. Older callers' structs are shorter: what
// they lack is zero. Newer callers' are longer: what is unknown here has to be zero.
void copy_struct(const void* from, const char* type, size_t first_size, size_t size, void* to);

// end: of the last field of the struct's first version. Fields are added so that no padding, which
// a caller need not clear, is at the end.
template <class Args>
Args own_copy(const Args* args, const char* type, size_t end) {
  Args copy{};
  copy_struct(args, type, end, sizeof copy, &copy);
  return copy;
}

inline ParallelFor to_parallel_for(const dyt_parallel_for* given) {
  return given == nullptr ? ParallelFor{}
                          : ParallelFor{.run = given->run, .executor = given->executor};
}

}  // namespace dyt::kernels::internal
