// SPDX-License-Identifier: Apache-2.0
// Named tensors to and from safetensors files.
//
//   save_tensors("model.safetensors", module_tensors(model));
//   load_tensors("model.safetensors", module_tensors(model));   // in place; names, shapes checked
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace torch::nn {
class Module;
}

namespace dyt::io {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Parameters and buffers by their dotted names, in registration order.
NamedTensors module_tensors(const torch::nn::Module& module);

// All tensors of a file, on the CPU, in the order of their names.
NamedTensors read_tensors(const std::filesystem::path& path);

// The same of a file of weights: Error(kData) names the first tensor that is not of floating-point
// numbers (but for batch norms' `num_batches_tracked`) or holds one that is not finite in fp32.
NamedTensors read_weights(const std::filesystem::path& path);

// Writes atomically. Tensors may be of any device and layout; they are stored dense.
void save_tensors(const std::filesystem::path& path, const NamedTensors& tensors);

// Copies the file's values into the tensors, which keep their type. Missing, unexpected or
// differently shaped names are an Error(kData) that lists the first of each; so is a value that is
// not finite in the tensor's type, and integers for fractions or the reverse. Then nothing has been
// copied.
void load_tensors(const std::filesystem::path& path, const NamedTensors& tensors);

}  // namespace dyt::io
