// SPDX-License-Identifier: Apache-2.0
// The machine's caches, for those who write past them or want inputs that do not fit.
#pragma once

#include <cstdint>

namespace dyt::kernels {

// Bytes of one last-level cache, asked once; 32 MiB where the system does not say.
int64_t last_level_cache_bytes();

}  // namespace dyt::kernels
