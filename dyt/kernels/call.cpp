// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/internal/call.h"

#include "dyt/kernels/cache.h"

namespace dyt::kernels::internal {

bool streams(int64_t bytes, int arrays) { return bytes * arrays > last_level_cache_bytes(); }

bool has_native_bfloat16() {
#ifdef __x86_64__
  static const bool has = __builtin_cpu_supports("avx512bf16") != 0;
  return has;
#else
  return false;
#endif
}

}  // namespace dyt::kernels::internal
