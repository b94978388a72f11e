// SPDX-License-Identifier: Apache-2.0
// Safetensors files: named tensors as plain bytes. Complete reader and writer; own code because the
// reference implementation is a Rust crate without a C interface.
//
//   const auto file = SafetensorsFile::read("model.safetensors");
//   const TensorEntry* weight = file.find("blocks.0.attn.qkv.weight");   // nullptr: not there
//   write_safetensors("copy.safetensors", file.tensors(), file.metadata());
//
// The format, all numbers little-endian:
//   8 bytes   N, the length of the header, at most 100,000,000
//   N bytes   a JSON object in UTF-8 that begins with '{', padded with spaces at its end:
//             {"__metadata__": {"key": "value", ...},                                    (optional)
//              "tensor name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
//   the rest  the tensors' elements in row-major order; offsets count from here. The tensors cover
//             it exactly, without hole or overlap, and each has shape * dtype bytes.
// A key that stands twice in an object is an error. Fields of a tensor with other names are
// ignored, as the reference reader does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dyt::formats {

// In the reference writer's order of increasing alignment: files are sorted by it, last one first.
enum class DType {
  kBool,
  kF4,  // two in a byte
  kF6E2M3,
  kF6E3M2,
  kU8,
  kI8,
  kF8E5M2,
  kF8E4M3,
  kF8E8M0,
  kF8E4M3Fnuz,
  kF8E5M2Fnuz,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kC64,
  kF64,
  kI64,
  kU64
};

std::string_view dtype_name(DType dtype);  // "F32"
std::optional<DType> dtype_of_name(std::string_view name);
int64_t dtype_bits(DType dtype);

// Bytes that a tensor takes; nothing where a length is negative, the product overflows or the
// elements do not fill whole bytes.
std::optional<uint64_t> tensor_bytes(DType dtype, std::span<const int64_t> shape);

struct TensorEntry {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;
  std::string_view data;  // not owned; may lie at an address that is not aligned to the type
};

// A file in memory. The entries' data live as long as the object; moving it keeps them in place.
class SafetensorsFile {
 public:
  // Error(kData) names the file and the byte or the tensor that breaks a rule of the format.
  static SafetensorsFile read(const std::filesystem::path& path);
  static SafetensorsFile parse(std::string bytes, const std::string& name);

  const std::vector<TensorEntry>& tensors() const {
    return tensors_;
  }  // in the order of their data
  const TensorEntry* find(std::string_view name) const;
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  SafetensorsFile() = default;

  std::unique_ptr<const std::string> bytes_;
  std::vector<TensorEntry> tensors_;
  std::map<std::string, size_t, std::less<>> index_;
  std::map<std::string, std::string> metadata_;
};

// The file's bytes, equal to those of the reference writer (Python safetensors 0.8.0) for the same
// tensors, in whatever order they are given: sorted by type (DType, descending), then by name. The
// reference leaves the order of several metadata keys to chance; here they are sorted. Empty
// metadata is left out. Error(kInternal) for what cannot be stored: a name given twice,
// "__metadata__" as a name, text that is not UTF-8, data that do not fit the shape.
std::string safetensors_bytes(std::span<const TensorEntry> entries,
                              const std::map<std::string, std::string>& metadata = {});

// The same into a file, atomically.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> entries,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace dyt::formats
