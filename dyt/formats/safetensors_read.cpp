// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "dyt/core/regular_file.h"
#include "dyt/formats/internal/safetensors_header.h"

namespace dyt::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian");

// Length of the header, checked against the limit and the file.
uint64_t header_length(const std::string& bytes, const std::string& file) {
  if (bytes.size() < kLengthBytes) {
    throw_damaged("the file ends before the header's length",
                  file + ", byte " + std::to_string(bytes.size()), "at least 8 bytes",
                  std::to_string(bytes.size()));
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  if (length > kMaxHeaderBytes) {
    throw_damaged("the header's length is out of bounds", file + ", byte 0", "at most 100000000",
                  std::to_string(length));
  }
  if (length > bytes.size() - kLengthBytes) {
    throw_damaged(
        "the file ends inside the header", file + ", byte " + std::to_string(bytes.size()),
        std::to_string(length) + " bytes of header", std::to_string(bytes.size() - kLengthBytes));
  }
  return length;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t length : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  }
  return text + "]";
}

void check_size(const HeaderTensor& tensor, const std::string& where) {
  const std::string described =
      std::string(dtype_name(tensor.dtype)) + " of shape " + shape_text(tensor.shape);
  const std::optional<uint64_t> size = tensor_bytes(tensor.dtype, tensor.shape);
  if (!size) {
    throw_damaged("a tensor's size overflows or is not of whole bytes", where, "", described);
  }
  if (tensor.end < tensor.begin || tensor.end - tensor.begin != *size) {
    throw_damaged(
        "a tensor's offsets do not fit its shape", where,
        std::to_string(*size) + " bytes for " + described,
        "data_offsets " + std::to_string(tensor.begin) + " to " + std::to_string(tensor.end));
  }
}

// What the tensors, sorted by offset, must be: back to back from 0 to the end of the file.
void check_layout(const std::vector<HeaderTensor>& tensors, uint64_t data_start,
                  uint64_t data_bytes, const std::string& file) {
  uint64_t covered = 0;
  for (const HeaderTensor& tensor : tensors) {
    const std::string where = file + ", tensor " + shown_name(tensor.name);
    check_size(tensor, where);
    if (tensor.begin != covered) {
      throw_damaged(tensor.begin > covered ? "there is a hole before a tensor"
                                           : "a tensor overlaps the one before it",
                    where, "data_offsets from " + std::to_string(covered),
                    std::to_string(tensor.begin));
    }
    covered = tensor.end;
    if (covered > data_bytes) {
      throw_damaged("the file ends inside a tensor",
                    where + ", byte " + std::to_string(data_start + data_bytes),
                    std::to_string(data_start + covered) + " bytes of file",
                    std::to_string(data_start + data_bytes));
    }
  }
  if (covered != data_bytes) {
    throw_damaged("bytes after the last tensor belong to nothing",
                  file + ", byte " + std::to_string(data_start + covered), "the end of the file",
                  std::to_string(data_bytes - covered) + " more bytes");
  }
}

}  // namespace

SafetensorsFile SafetensorsFile::parse(std::string bytes, const std::string& name) {
  const uint64_t data_start = kLengthBytes + header_length(bytes, name);
  Header header =
      parse_header(std::string_view(bytes).substr(kLengthBytes, data_start - kLengthBytes), name);
  std::stable_sort(header.tensors.begin(), header.tensors.end(),
                   [](const HeaderTensor& left, const HeaderTensor& right) {
                     return std::tie(left.begin, left.end) < std::tie(right.begin, right.end);
                   });
  check_layout(header.tensors, data_start, bytes.size() - data_start, name);

  SafetensorsFile file;
  file.bytes_ = std::make_unique<const std::string>(std::move(bytes));
  file.metadata_ = std::move(header.metadata);
  const std::string_view data = std::string_view(*file.bytes_).substr(data_start);
  for (HeaderTensor& tensor : header.tensors) {
    file.index_[tensor.name] = file.tensors_.size();
    file.tensors_.push_back({.name = std::move(tensor.name),
                             .dtype = tensor.dtype,
                             .shape = std::move(tensor.shape),
                             .data = data.substr(tensor.begin, tensor.end - tensor.begin)});
  }
  return file;
}

SafetensorsFile SafetensorsFile::read(const std::filesystem::path& path) {
  return parse(core::read_regular_file(path), path.string());
}

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
  const auto place = index_.find(name);
  return place == index_.end() ? nullptr : &tensors_[place->second];
}

}  // namespace dyt::formats
