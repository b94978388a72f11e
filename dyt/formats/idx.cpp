// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/idx.h"

#include "dyt/core/error.h"
#include "dyt/core/regular_file.h"
#include "dyt/formats/gzip.h"

namespace dyt::formats {
namespace {

constexpr size_t kMagicBytes = 4;
constexpr uint8_t kUnsignedBytes = 0x08;

// The unpacked bytes with what errors need to say where they are.
struct Source {
  std::string_view bytes;
  std::string name;

  uint8_t at(size_t position) const { return static_cast<uint8_t>(bytes[position]); }
};

[[noreturn]] void throw_idx(const Source& source, size_t byte, std::string what,
                            std::string expected, std::string found) {
  throw core::Error(core::ErrorKind::kData,
                    {.what = std::move(what),
                     .where = source.name + ", byte " + std::to_string(byte),
                     .expected = std::move(expected),
                     .found = std::move(found),
                     .todo = "get the file again, or name an IDX file of unsigned bytes"});
}

std::string hex(const Source& source, size_t begin, size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = begin; i < begin + count; ++i) {
    text += (text.empty() ? "" : " ");
    text += kDigits[source.at(i) >> 4];
    text += kDigits[source.at(i) & 15];
  }
  return text;
}

void check_magic(const Source& source) {
  if (source.bytes.size() < kMagicBytes) {
    throw_idx(source, source.bytes.size(), "the IDX file ends inside its first four bytes",
              "00 00 08 and the number of dimensions",
              std::to_string(source.bytes.size()) + " bytes");
  }
  if (source.at(0) != 0 || source.at(1) != 0) {
    throw_idx(source, 0, "not an IDX file", "00 00 08 and the number of dimensions",
              hex(source, 0, kMagicBytes));
  }
  if (source.at(2) != kUnsignedBytes) {
    throw_idx(source, 2, "an IDX file of another element type", "08 (unsigned bytes)",
              hex(source, 2, 1));
  }
  if (source.at(3) == 0) {
    throw_idx(source, 3, "an IDX file without dimensions", "at least 1", "0");
  }
}

int64_t length_at(const Source& source, size_t byte) {
  uint32_t value = 0;
  for (size_t i = byte; i < byte + 4; ++i) {
    value = value << 8 | source.at(i);
  }
  return value;
}

// The lengths, and in `elements` their product.
std::vector<int64_t> read_shape(const Source& source, uint64_t& elements) {
  const size_t dimensions = source.at(3);
  if (source.bytes.size() < idx_data_start(dimensions)) {
    throw_idx(source, source.bytes.size(), "the IDX file ends inside its header",
              std::to_string(idx_data_start(dimensions)) + " bytes of header for " +
                  std::to_string(dimensions) + " dimensions",
              std::to_string(source.bytes.size()));
  }
  std::vector<int64_t> shape;
  elements = 1;
  for (size_t dimension = 0; dimension < dimensions; ++dimension) {
    const size_t byte = idx_data_start(dimension);
    shape.push_back(length_at(source, byte));
    if (__builtin_mul_overflow(elements, static_cast<uint64_t>(shape.back()), &elements)) {
      throw_idx(source, byte, "the IDX file's lengths are impossible", "a product under 2^64",
                std::to_string(shape.back()) + " as length " + std::to_string(dimension + 1));
    }
  }
  return shape;
}

IdxArray parse_plain(const Source& source) {
  check_magic(source);
  uint64_t elements = 0;
  IdxArray array{.shape = read_shape(source, elements)};
  const uint64_t start = idx_data_start(array.shape.size());
  const uint64_t present = source.bytes.size() - start;
  if (present < elements) {
    throw_idx(source, source.bytes.size(), "the IDX file is truncated",
              std::to_string(elements) + " elements", std::to_string(present));
  }
  if (present > elements) {
    throw_idx(source, start + elements, "the IDX file goes on after its last element",
              std::to_string(elements) + " elements", std::to_string(present));
  }
  const auto* first = reinterpret_cast<const uint8_t*>(source.bytes.data()) + start;
  array.bytes.assign(first, first + elements);
  return array;
}

}  // namespace

uint64_t idx_data_start(size_t dimensions) { return kMagicBytes + 4 * dimensions; }

IdxArray parse_idx(std::string_view bytes, const std::string& file) {
  if (is_gzip(bytes)) {
    const std::string unpacked = gunzip(bytes, file);
    return parse_plain({.bytes = unpacked, .name = file + " (unpacked)"});
  }
  return parse_plain({.bytes = bytes, .name = file});
}

IdxArray read_idx(const std::filesystem::path& path) {
  return parse_idx(core::read_regular_file(path), path.string());
}

}  // namespace dyt::formats
