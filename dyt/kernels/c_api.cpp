// SPDX-License-Identifier: Apache-2.0
// The C interface: version, texts, names, threads. c_pointwise.cpp and c_norm.cpp have the kernels.
#include <memory>
#include <string>
#include <string_view>

#include "dyt/kernels/dyt.h"
#include "dyt/kernels/internal/c_call.h"
#include "dyt/kernels/internal/c_values.h"
#include "dyt/kernels/threads.h"

using namespace dyt::kernels;  // NOLINT: C functions have no namespace of their own

struct dyt_threads {
  explicit dyt_threads(int32_t count) : team(count) {}
  Threads team;
};

int32_t dyt_kernels_version(void) { return DYT_KERNELS_VERSION; }

const char* dyt_status_text(dyt_status status) {
  switch (status) {
    case DYT_STATUS_OK:
      return "done";
    case DYT_STATUS_NULL_POINTER:
      return "a required pointer is null";
    case DYT_STATUS_UNUSED_POINTER:
      return "a pointer is set that this function does not use";
    case DYT_STATUS_MISALIGNED:
      return "a pointer is not aligned to its elements";
    case DYT_STATUS_OVERLAP:
      return "a result overlaps another array";
    case DYT_STATUS_BAD_SIZE:
      return "a size, a count or a number is out of its range";
    case DYT_STATUS_UNKNOWN_VALUE:
      return "a value or a field that this library does not know";
    case DYT_STATUS_OUT_OF_MEMORY:
      return "out of memory";
    case DYT_STATUS_NO_THREADS:
      return "the system starts no more threads";
    case DYT_STATUS_INTERNAL:
      return "internal error";
    default:
      return "unknown status";
  }
}

const char* dyt_last_error(void) { return internal::last_error(); }

dyt_function dyt_function_from_name(const char* name) {
  dyt_function found = 0;
  internal::guarded("dyt_function_from_name", [&] {
    const std::string_view wanted = name == nullptr ? "null" : name;
    std::string names;
    for (const internal::FunctionNumber& each : internal::kFunctionNumbers) {
      const std::string_view known = internal::row_of(each.number)->name;
      if (known == wanted) {
        found = each.number;
        return;
      }
      names.append(names.empty() ? "" : ", ").append(known);
    }
    internal::refuse(name == nullptr ? DYT_STATUS_NULL_POINTER : DYT_STATUS_UNKNOWN_VALUE,
                     "expected one of ", names, ", found ", wanted);
  });
  return found;
}

const char* dyt_function_name(dyt_function function) {
  const FunctionRow* row = internal::row_of(function);
  return row == nullptr ? nullptr : row->name.data();  // of a literal: it ends with 0
}

dyt_status dyt_threads_create(int32_t count, dyt_threads** threads) {
  return internal::guarded("dyt_threads_create", [&] {
    if (threads == nullptr) {
      internal::refuse(DYT_STATUS_NULL_POINTER, "threads: expected where to put them, found null");
    }
    *threads = nullptr;
    if (count < 0 || count > kMostThreads) {
      internal::refuse(DYT_STATUS_BAD_SIZE, "count: expected 0 to ", kMostThreads, ", found ",
                       count);
    }
    *threads = std::make_unique<dyt_threads>(count).release();
  });
}

void dyt_threads_destroy(dyt_threads* threads) { std::unique_ptr<dyt_threads>{threads}.reset(); }

dyt_parallel_for dyt_threads_parallel_for(const dyt_threads* threads) {
  if (threads == nullptr) {
    return {nullptr, nullptr};
  }
  const ParallelFor own = threads->team.parallel_for();
  return {own.run, own.executor};
}
