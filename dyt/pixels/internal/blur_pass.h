// SPDX-License-Identifier: Apache-2.0
// One box blur down the columns of bytes (blur.h).
#pragma once

#include <cstdint>

namespace dyt::pixels::internal {

struct BoxWeights {
  int64_t reach = 0;    // whole pixels to both sides
  uint32_t inside = 0;  // of 2^-24
  uint32_t edge = 0;    // of the pixels just beyond
};

// `height` rows of `length` bytes, one behind the other; the arrays do not overlap.
void blur_down(const uint8_t* input, int64_t height, int64_t length, const BoxWeights& box,
               uint8_t* output);

}  // namespace dyt::pixels::internal
