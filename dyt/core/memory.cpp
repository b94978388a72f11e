// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/memory.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace dyt::core {
namespace {

std::atomic<bool> kept_now = false;

}  // namespace

void keep_freed_memory(FreedMemory policy) {
  kept_now = policy == FreedMemory::kKept;
#ifdef __GLIBC__
  const bool kept = policy == FreedMemory::kKept;
  mallopt(M_MMAP_MAX, kept ? 0 : 65536);
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, kept ? INT32_MAX : 128 << 10);
#endif
}

bool keeps_freed_memory() { return kept_now; }

void keep_freed_memory_by_environment() {
  const char* wish = std::getenv("DYT_KEEP_MEMORY");
  if (wish == nullptr || std::string_view(wish) != "0") {
    keep_freed_memory(FreedMemory::kKept);
  }
}

}  // namespace dyt::core
