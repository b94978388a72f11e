// SPDX-License-Identifier: Apache-2.0
// The two passes of resizing (resample.h) over rows of bytes.
#pragma once

#include <cstdint>
#include <vector>

namespace dyt::pixels::internal {

constexpr int kPrecisionBits = 22;  // of the weights

// What each output takes: inputs first, first + 1, ... with weights of 2^-22.
struct Taps {
  std::vector<int64_t> first;
  std::vector<int64_t> count;
  std::vector<int32_t> weights;  // `reach` an output, unused ones 0
  int64_t reach = 0;             // the largest count

  int64_t outputs() const { return static_cast<int64_t>(first.size()); }
  const int32_t* of(int64_t output) const { return weights.data() + output * reach; }
};

// Rows of pixels in an image of which they may be a part.
struct Rows {
  const uint8_t* pixels = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  int64_t stride = 0;  // bytes from a row to the next
};

// Output row r begins at output + r * output_stride and has taps.outputs() pixels; behind a row's
// last pixel one more byte may be written. Nothing is read behind the last pixel of the rows.
void across(const Rows& rows, const Taps& taps, uint8_t* output, int64_t output_stride);

// Output row o is made of rows taps.first[o] - skipped and the next ones; its width and channels
// are those of the rows, and rows are written one behind the other.
void down(const Rows& rows, const Taps& taps, int64_t skipped, uint8_t* output);

// One weighted sum, of values that lie `stride` apart.
inline uint8_t weighted(const uint8_t* value, int64_t stride, const int32_t* weights,
                        int64_t count) {
  int32_t sum = 1 << (kPrecisionBits - 1);
  for (int64_t k = 0; k < count; ++k) {
    sum += value[k * stride] * weights[k];
  }
  const int32_t rounded = sum >> kPrecisionBits;
  return static_cast<uint8_t>(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

}  // namespace dyt::pixels::internal
