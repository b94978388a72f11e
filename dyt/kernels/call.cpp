#include "dyt/kernels/internal/call.h"

#include <unistd.h>

#include <fstream>

namespace dyt::kernels::internal {
namespace {

// Of one cache. sysconf may give that of all sockets together, the kernel's file does not.
int64_t last_level_cache() {
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

bool streams(int64_t bytes) {
  static const int64_t threshold = last_level_cache() / 2;
  return bytes > threshold;
}

bool has_native_bfloat16() {
#ifdef __x86_64__
  static const bool has = __builtin_cpu_supports("avx512bf16") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace dyt::kernels::internal
