// SPDX-License-Identifier: Apache-2.0
// Inputs of dyt::norm, the operator on them, and LibTorch's own norms.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <optional>
#include <string>
#include <vector>

#include "dyt/ops/norm.h"

namespace dyt::ops::test {

constexpr double kEps = 1e-6;
constexpr const char* kKinds[] = {"layer_norm", "rms_norm"};

inline at::Tensor wave(at::IntArrayRef sizes, double frequency, at::ScalarType type) {
  const int64_t count = c10::multiply_integers(sizes);
  return torch::sin(torch::arange(count, torch::kDouble) * frequency + 0.4).to(type).view(sizes);
}

struct NormInputs {
  at::Tensor x;
  std::optional<at::Tensor> weight, bias;
};

// present: bit 0 weight, bit 1 bias.
inline NormInputs make_norm_inputs(at::IntArrayRef sizes, int present, at::ScalarType type) {
  NormInputs made{.x = 3 * wave(sizes, 12.9, type) + 0.5};
  if (present & 1) {
    made.weight = wave({sizes.back()}, 0.9, type) + 0.5;
  }
  if (present & 2) {
    made.bias = wave({sizes.back()}, 1.3, type);
  }
  return made;
}

inline NormInputs to_types(NormInputs in, at::ScalarType x_type, at::ScalarType type) {
  in.x = in.x.to(x_type);
  for (auto* tensor : {&in.weight, &in.bias}) {
    if (*tensor) {
      *tensor = (*tensor)->to(type);
    }
  }
  return in;
}

inline at::Tensor libtorch_norm(const NormInputs& in, std::string_view kind) {
  const int64_t width = in.x.size(-1);
  if (kind == "layer_norm") {
    return at::layer_norm(in.x, {width}, in.weight, in.bias, kEps);
  }
  const at::Tensor y = at::rms_norm(in.x, {width}, in.weight, kEps);
  return in.bias ? y + *in.bias : y;
}

inline at::Tensor our_norm(const NormInputs& in, std::string_view kind) {
  return norm(in.x, in.weight, in.bias, kind, kEps);
}

inline std::tuple<at::Tensor, at::Tensor> our_norm_add(const NormInputs& in,
                                                       const at::Tensor& residual,
                                                       std::string_view kind) {
  return norm_add(in.x, residual, in.weight, in.bias, kind, kEps);
}

// x, and weight and bias where they are given.
inline std::vector<at::Tensor> leaves(const NormInputs& in) {
  std::vector<at::Tensor> tensors{in.x};
  for (const auto& tensor : {in.weight, in.bias}) {
    if (tensor) {
      tensors.push_back(*tensor);
    }
  }
  return tensors;
}

// in with its given tensors replaced, in the same order.
inline NormInputs with_tensors(NormInputs in, const std::vector<at::Tensor>& tensors) {
  size_t next = 1;
  in.x = tensors[0];
  for (auto* tensor : {&in.weight, &in.bias}) {
    if (*tensor) {
      *tensor = tensors[next++];
    }
  }
  return in;
}

}  // namespace dyt::ops::test
