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
  throw core::Error(
      core::ErrorKind::kData,
      {.what = "tensor '" + name + "' has a type that is not supported", .where = where});
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
  const formats::SafetensorsFile file = formats::SafetensorsFile::read(path);
  std::map<std::string, at::Tensor> tensors;
  for (const formats::TensorEntry& entry : file.tensors()) {
    tensors[entry.name] = stored_tensor(entry, path).clone();
  }
  return {tensors.begin(), tensors.end()};
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
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const formats::TensorEntry& entry = *file.find(name);
    at::Tensor target = tensor.detach();
    target.copy_(stored_tensor(entry, path));
  }
}

}  // namespace dyt::io
