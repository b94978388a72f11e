// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cache.h"

#include <unistd.h>

#include <fstream>

namespace dyt::kernels {
namespace {

// sysconf may give that of all sockets together, the kernel's file does not.
int64_t asked() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index3/size");
  int64_t kilobytes = 0;
  if (file >> kilobytes && kilobytes > 0) {
    return kilobytes << 10;
  }
  constexpr int64_t kTypical = 32 << 20;
#ifdef _SC_LEVEL3_CACHE_SIZE
  const int64_t bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return bytes > 0 ? bytes : kTypical;
#else
  return kTypical;
#endif
}

}  // namespace

int64_t last_level_cache_bytes() {
  static const int64_t bytes = asked();
  return bytes;
}

}  // namespace dyt::kernels
