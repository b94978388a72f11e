// SPDX-License-Identifier: Apache-2.0
// Reading gzip streams (RFC 1952) from memory with zlib.
//
//   std::string bytes = core::read_file(path);
//   if (is_gzip(bytes)) { bytes = gunzip(bytes, path.string()); }
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace dyt::formats {

// Whether the bytes begin as a gzip stream does.
bool is_gzip(std::string_view bytes);

// Several streams back to back give their contents back to back. Error(kData) for a damaged or
// truncated stream or other bytes after it names `file` and the byte of the compressed file.
// The result may be up to 1032 times as long as the input (the limit of the format); one longer
// than max_bytes is an error, too.
std::string gunzip(std::string_view bytes, const std::string& file,
                   size_t max_bytes = std::numeric_limits<size_t>::max());

}  // namespace dyt::formats
