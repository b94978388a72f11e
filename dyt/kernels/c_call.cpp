// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/internal/c_call.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>

namespace dyt::kernels::internal {
namespace {

// Of a fixed length, so that no memory is needed to say that there is none.
thread_local char error_text[512] = "";

dyt_status keep(dyt_status status, const char* function, const char* text) noexcept {
  std::snprintf(error_text, sizeof error_text, "%s: %s", function, text);
  return status;
}

// Larger ones are not structs of any version but numbers that were never set.
constexpr size_t kMostBytes = 4096;

}  // namespace

const char* last_error() noexcept { return error_text; }

dyt_status caught(const char* function) noexcept {
  try {
    throw;
  } catch (const Refusal& refusal) {
    return keep(refusal.status, function, refusal.text.c_str());
  } catch (const std::bad_alloc&) {
    return keep(DYT_STATUS_OUT_OF_MEMORY, function, "no memory for partial sums or a text");
  } catch (const std::length_error&) {
    return keep(DYT_STATUS_OUT_OF_MEMORY, function, "more elements than memory can hold");
  } catch (const std::system_error& error) {
    return keep(DYT_STATUS_NO_THREADS, function, error.what());
  } catch (const std::exception& error) {
    return keep(DYT_STATUS_INTERNAL, function, error.what());
  } catch (...) {
    return keep(DYT_STATUS_INTERNAL, function, "expected a parallel-for that does not throw");
  }
}

void copy_struct(const void* from, const char* type, size_t first_size, size_t size, void* to) {
  if (from == nullptr) {
    refuse(DYT_STATUS_NULL_POINTER, "args: expected a ", type, ", found null");
  }
  size_t given = 0;
  std::memcpy(&given, from, sizeof given);
  if (given < first_size || given > kMostBytes) {
    refuse(DYT_STATUS_BAD_SIZE, "size: expected sizeof(", type, "), which is ", size,
           " in this version, found ", given);
  }
  const auto* bytes = static_cast<const unsigned char*>(from);
  if (given > size && std::any_of(bytes + size, bytes + given, [](auto byte) { return byte; })) {
    refuse(DYT_STATUS_UNKNOWN_VALUE, "expected fields of the first ", size, " bytes of ", type,
           ", found one behind them that is set: the program needs a newer libdyt_kernels");
  }
  std::memcpy(to, from, std::min(given, size));
}

}  // namespace dyt::kernels::internal
