// SPDX-License-Identifier: Apache-2.0
// IDX files, the format of MNIST: arrays of bytes, plain or in gzip. Partial: the type code 0x08
// (unsigned bytes) only, the one that images and labels use.
//
//   const IdxArray images = read_idx("train-images-idx3-ubyte.gz");   // shape {60000, 28, 28}
//
// The format, numbers big-endian: 00 00, type code (08), number of dimensions D from 1 up,
// D lengths of 32 bits, then the elements, last dimension fastest, up to the end of the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::formats {

struct IdxArray {
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;  // as many as the shape says
};

// Position of the first element in an unpacked file of so many dimensions: 4 + 4 * dimensions.
uint64_t idx_data_start(size_t dimensions);

// Error(kData) for a file that is missing, truncated, too long, corrupt or of another kind names
// the file and the byte (of the unpacked file where that is where the damage shows).
IdxArray read_idx(const std::filesystem::path& path);
IdxArray parse_idx(std::string_view bytes, const std::string& file);  // plain or gzip

}  // namespace dyt::formats
