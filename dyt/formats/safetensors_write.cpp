// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/formats/internal/safetensors_header.h"

namespace dyt::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data are little-endian");

[[noreturn]] void throw_not_storable(const std::string& what, std::string_view name) {
  throw core::Error(core::ErrorKind::kInternal,
                    {.what = "a safetensors file cannot hold this: " + what,
                     .where = "tensor or metadata " + shown_name(name)});
}

// Escapes like the reference's JSON writer: \" \\ \b \f \n \r \t, \u00xx below space, the rest as
// is.
std::string quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    throw_not_storable("text that is not UTF-8", text);
  }
}

void check_entries(const std::vector<const TensorEntry*>& sorted) {
  std::vector<std::string_view> names;
  for (const TensorEntry* entry : sorted) {
    names.push_back(entry->name);
    if (entry->name == kMetadataKey) {
      throw_not_storable("the name is reserved", entry->name);
    }
    const std::optional<uint64_t> size = tensor_bytes(entry->dtype, entry->shape);
    if (!size || *size != entry->data.size()) {
      throw_not_storable("the data do not fit type and shape", entry->name);
    }
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    throw_not_storable("two tensors of one name", *twice);
  }
}

std::string metadata_json(const std::map<std::string, std::string>& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    text += (text.empty() ? "" : ",") + quoted(key) + ":" + quoted(value);
  }
  return quoted(std::string(kMetadataKey)) + ":{" + text + "}";
}

std::string entry_json(const TensorEntry& entry, uint64_t begin) {
  std::string shape;
  for (const int64_t length : entry.shape) {
    shape += (shape.empty() ? "" : ",") + std::to_string(length);
  }
  return quoted(entry.name) + ":{\"dtype\":\"" + std::string(dtype_name(entry.dtype)) +
         "\",\"shape\":[" + shape + "],\"data_offsets\":[" + std::to_string(begin) + "," +
         std::to_string(begin + entry.data.size()) + "]}";
}

std::string header_json(const std::vector<const TensorEntry*>& sorted,
                        const std::map<std::string, std::string>& metadata) {
  std::string header = "{" + (metadata.empty() ? "" : metadata_json(metadata));
  uint64_t offset = 0;
  for (const TensorEntry* entry : sorted) {
    header += (header.size() > 1 ? "," : "") + entry_json(*entry, offset);
    offset += entry->data.size();
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');  // keeps the data aligned to 8 bytes
  return header;
}

}  // namespace

std::string safetensors_bytes(std::span<const TensorEntry> entries,
                              const std::map<std::string, std::string>& metadata) {
  std::vector<const TensorEntry*> sorted;
  for (const TensorEntry& entry : entries) {
    sorted.push_back(&entry);
  }
  std::sort(sorted.begin(), sorted.end(), [](const TensorEntry* left, const TensorEntry* right) {
    return left->dtype != right->dtype ? left->dtype > right->dtype : left->name < right->name;
  });
  check_entries(sorted);
  const std::string header = header_json(sorted, metadata);
  const uint64_t length = header.size();
  if (length > kMaxHeaderBytes) {
    throw_not_storable("a header of more than 100,000,000 bytes", "");
  }
  size_t data_bytes = 0;
  for (const TensorEntry* entry : sorted) {
    data_bytes += entry->data.size();
  }
  std::string bytes;
  bytes.reserve(sizeof(length) + header.size() + data_bytes);
  bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes += header;
  for (const TensorEntry* entry : sorted) {
    bytes += entry->data;
  }
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorEntry> entries,
                       const std::map<std::string, std::string>& metadata) {
  core::write_file_atomic(path, safetensors_bytes(entries, metadata));
}

}  // namespace dyt::formats
