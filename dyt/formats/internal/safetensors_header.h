// SPDX-License-Identifier: Apache-2.0
// The JSON header of a safetensors file: its own rules (JSON, types, duplicate keys). Whether
// offsets fit shapes and the file is the reader's matter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/formats/safetensors.h"

namespace dyt::formats {

constexpr uint64_t kLengthBytes = 8;  // of the field before the header
constexpr uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::string_view kMetadataKey = "__metadata__";

struct HeaderTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct Header {
  std::vector<HeaderTensor> tensors;  // as they stand in the header
  std::map<std::string, std::string> metadata;
};

// `text` is the header without its length, `file` the name for errors.
Header parse_header(std::string_view text, const std::string& file);

// A tensor's name for a message: quoted and cut at 80 bytes.
std::string shown_name(std::string_view name);

[[noreturn]] void throw_damaged(std::string what, std::string where, std::string expected = "",
                                std::string found = "");

}  // namespace dyt::formats
