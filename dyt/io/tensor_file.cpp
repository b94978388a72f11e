// SPDX-License-Identifier: Apache-2.0
#include "dyt/io/tensor_file.h"

#include <torch/nn/module.h>

#include <map>

#include "dyt/core/error.h"
#include "dyt/formats/safetensors.h"

namespace dyt::io {
namespace {

using formats::DType;

constexpr size_t kShownDifferences = 4;

struct TypePair {
  DType file;
  at::ScalarType memory;
};

constexpr TypePair kTypes[] = {{DType::kF32, at::kFloat}, {DType::kF64, at::kDouble},
                               {DType::kF16, at::kHalf},  {DType::kBF16, at::kBFloat16},
                               {DType::kI64, at::kLong},  {DType::kI32, at::kInt},
                               {DType::kU8, at::kByte},   {DType::kBool, at::kBool}};

DType file_type(at::ScalarType type, const std::string& name) {
  for (const TypePair& pair : kTypes) {
    if (pair.memory == type) {
      return pair.file;
    }
  }
  throw core::Error(core::ErrorKind::kInternal,
                    {.what = "tensor '" + name + "' has a type that is not stored"});
}

at::ScalarType memory_type(DType type, const std::string& name, const std::string& where) {
  for (const TypePair& pair : kTypes) {
    if (pair.file == type) {
      return pair.memory;
    }
  }
  throw core::Error(core::ErrorKind::kData,
                    {.what = "tensor '" + name + "' has a type that cannot be read",
                     .where = where,
                     .expected = "F32, F64, F16 or BF16, of counters I64 or I32",
                     .found = std::string(formats::dtype_name(type)),
                     .todo = "convert the weights to F32"});
}

// Counters of batch norms are the only tensors of a network that are whole numbers.
bool is_counter(const std::string& name) { return name.ends_with("num_batches_tracked"); }

// Integers would be taken for numbers in silence: what they stand for (a quantization's steps,
// another tensor of that name) is not in the file.
void check_kind(const formats::TensorEntry& entry, bool wants_fractions, const std::string& where) {
  const at::ScalarType type = memory_type(entry.dtype, entry.name, where);
  const bool is_integer = at::isIntegralType(type, /*includeBool=*/false);
  if (wants_fractions ? at::isFloatingType(type) : is_integer) {
    return;
  }
  throw core::Error(
      core::ErrorKind::kData,
      {.what = "tensor '" + entry.name + "' is not of the kind of numbers that weights are",
       .where = where,
       .expected = wants_fractions ? "F32, F64, F16 or BF16" : "I64 or I32, a counter",
       .found = std::string(formats::dtype_name(entry.dtype)),
       .todo = "write the file again from the weights themselves, not from a quantized copy"});
}

// `value`: as it is stored. `name`: of the type that it is to have in memory.
void check_finite(const at::Tensor& value, at::ScalarType type, const std::string& name,
                  const std::string& where) {
  if (!at::isFloatingType(value.scalar_type())) {
    return;
  }
  const at::Tensor bad = value.to(type).isfinite().logical_not();
  const auto count = bad.sum().item<int64_t>();
  if (count > 0) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "tensor '" + name + "' has values that are not finite",
                       .where = where,
                       .expected = "finite numbers",
                       .found = std::to_string(count) + " of " + std::to_string(value.numel()) +
                                " are NaN or infinite",
                       .todo = "take weights of an earlier checkpoint, or get the file again"});
  }
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "(";
  for (const int64_t length : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  }
  return text + ")";
}

// The first few differences in words; empty when the file fits.
struct Differences {
  std::vector<std::string> lines;
  size_t count = 0;

  void add(std::string line) {
    ++count;
    if (lines.size() < kShownDifferences) {
      lines.push_back(std::move(line));
    }
  }
};

Differences compare(const formats::SafetensorsFile& file, const NamedTensors& tensors) {
  Differences differences;
  std::map<std::string, bool> wanted;
  for (const auto& [name, tensor] : tensors) {
    wanted[name] = true;
    const formats::TensorEntry* entry = file.find(name);
    if (entry == nullptr) {
      differences.add("'" + name + "' is missing in the file");
    } else if (at::IntArrayRef(entry->shape) != tensor.sizes()) {
      differences.add("'" + name + "' is " + shape_text(entry->shape) + " in the file, " +
                      shape_text(tensor.sizes()) + " here");
    }
  }
  for (const formats::TensorEntry& entry : file.tensors()) {
    if (!wanted.contains(entry.name)) {
      differences.add("'" + entry.name + "' is only in the file");
    }
  }
  return differences;
}

// A view of the file's bytes: only for reading, and only while the file lives.
at::Tensor stored_tensor(const formats::TensorEntry& entry, const std::filesystem::path& path) {
  const at::ScalarType type = memory_type(entry.dtype, entry.name, path.string());
  // from_blob wants a mutable pointer.
  return torch::from_blob(const_cast<char*>(entry.data.data()), entry.shape,
                          at::TensorOptions().dtype(type));
}

NamedTensors tensors_of(const formats::SafetensorsFile& file, const std::filesystem::path& path) {
  std::map<std::string, at::Tensor> tensors;
  for (const formats::TensorEntry& entry : file.tensors()) {
    tensors[entry.name] = stored_tensor(entry, path).clone();
  }
  return {tensors.begin(), tensors.end()};
}

// All tensors before the first is copied.
void check_values(const formats::SafetensorsFile& file, const NamedTensors& tensors,
                  const std::filesystem::path& path) {
  for (const auto& [name, tensor] : tensors) {
    const formats::TensorEntry& entry = *file.find(name);
    check_kind(entry, at::isFloatingType(tensor.scalar_type()), path.string());
    check_finite(stored_tensor(entry, path), tensor.scalar_type(), name, path.string());
  }
}

}  // namespace

NamedTensors module_tensors(const torch::nn::Module& module) {
  NamedTensors tensors;
  for (const auto& item : module.named_parameters()) {
    tensors.emplace_back(item.key(), item.value());
  }
  for (const auto& item : module.named_buffers()) {
    tensors.emplace_back(item.key(), item.value());
  }
  return tensors;
}

void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  std::vector<at::Tensor> dense;  // keeps the bytes alive while they are written
  std::vector<formats::TensorEntry> entries;
  for (const auto& [name, tensor] : tensors) {
    dense.push_back(tensor.detach().cpu().contiguous());
    const at::Tensor& stored = dense.back();
    entries.push_back(
        {name, file_type(stored.scalar_type(), name), stored.sizes().vec(),
         std::string_view(static_cast<const char*>(stored.const_data_ptr()), stored.nbytes())});
  }
  formats::write_safetensors(path, entries);
}

NamedTensors read_tensors(const std::filesystem::path& path) {
  return tensors_of(formats::SafetensorsFile::read(path), path);
}

NamedTensors read_weights(const std::filesystem::path& path) {
  const formats::SafetensorsFile file = formats::SafetensorsFile::read(path);
  for (const formats::TensorEntry& entry : file.tensors()) {
    check_kind(entry, !is_counter(entry.name), path.string());
    check_finite(stored_tensor(entry, path), at::kFloat, entry.name, path.string());
  }
  return tensors_of(file, path);
}

void load_tensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  const formats::SafetensorsFile file = formats::SafetensorsFile::read(path);
  const Differences differences = compare(file, tensors);
  if (differences.count > 0) {
    std::string found;
    for (const std::string& line : differences.lines) {
      found += "\n    " + line;
    }
    if (differences.count > differences.lines.size()) {
      found +=
          "\n    ... and " + std::to_string(differences.count - differences.lines.size()) + " more";
    }
    throw core::Error(
        core::ErrorKind::kData,
        {.what = "the checkpoint is of another architecture",
         .where = path.string(),
         .expected = std::to_string(tensors.size()) + " tensors of this model's names and shapes",
         .found = std::to_string(file.tensors().size()) + " tensors; differences:" + found,
         .todo = "give the model the configuration that the checkpoint was trained with"});
  }
  check_values(file, tensors, path);
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const formats::TensorEntry& entry = *file.find(name);
    at::Tensor target = tensor.detach();
    target.copy_(stored_tensor(entry, path));
  }
}

}  // namespace dyt::io
