// SPDX-License-Identifier: Apache-2.0
// Pictures for tests, made in memory with the libraries that the readers use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dyt::testing {

// Interleaved samples as the file is to hold them.
struct Picture {
  int height = 0;
  int width = 0;
  int channels = 0;             // JPEG: 1, 3, 4 (CMYK); PNG: 1, 2 (grey + alpha), 3, 4 (RGBA)
  std::vector<uint8_t> pixels;  // 16-bit PNG: two bytes a sample, high byte first
};

// A picture of smooth stripes, `phase` making one differ from the next.
Picture stripes(int height, int width, int channels, int phase = 0);

struct JpegOptions {
  int quality = 100;
  bool progressive = false;
};

std::string jpeg_bytes(const Picture& picture, const JpegOptions& options = {});

// A JPEG file whose header says 12 bits a sample, as medical ones do.
std::string twelve_bit_jpeg();

struct PngOptions {
  int bits = 8;
  bool interlaced = false;
  std::vector<uint8_t> palette;  // RGB triples: then one channel of indices
  std::vector<uint8_t> alpha_of_palette;
};

std::string png_bytes(const Picture& picture, const PngOptions& options = {});

}  // namespace dyt::testing
