// SPDX-License-Identifier: Apache-2.0
// Inputs of dyt::pointwise, the operator on them, and the same written with LibTorch's own
// operators.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "dyt/kernels/functions.h"
#include "dyt/ops/pointwise.h"

namespace dyt::ops::test {

using OptionalTensor = std::optional<at::Tensor>;

inline std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const kernels::FunctionRow& row : kernels::kFunctions) {
    names.emplace_back(row.name);
  }
  return names;
}

inline const std::vector<std::string> kFunctionNames = function_names();

inline const kernels::FunctionRow& function_row(const std::string& name) {
  return *std::ranges::find(kernels::kFunctions, name, &kernels::FunctionRow::name);
}

// f of the published definitions, with LibTorch's own operators.
inline at::Tensor function_expression(const at::Tensor& u, const std::string& function) {
  using Expression = at::Tensor (*)(const at::Tensor& u);
  static const std::map<std::string, Expression> expressions = {
      {"tanh", [](const at::Tensor& u) { return torch::tanh(u); }},
      {"erf", [](const at::Tensor& u) { return torch::erf(u); }},
      {"isru", [](const at::Tensor& u) { return u / torch::sqrt(1 + u * u); }},
      {"linear_clip", [](const at::Tensor& u) { return torch::clamp(u, -1, 1); }},
      {"sigmoid", [](const at::Tensor& u) { return torch::sigmoid(u); }},
      {"arctan", [](const at::Tensor& u) { return torch::atan(u) * (2 / std::numbers::pi); }},
      {"satursin",
       [](const at::Tensor& u) {
         return torch::sin(torch::clamp(u, -std::numbers::pi / 2, std::numbers::pi / 2));
       }},
      {"smoothsign", [](const at::Tensor& u) { return u / (1 + u.abs()); }},
      {"relsign", [](const at::Tensor& u) { return u / (1 + torch::sqrt(1 + u * u)); }},
      {"expsign", [](const at::Tensor& u) { return -u.sign() * torch::expm1(-u.abs()); }},
      {"exproot",
       [](const at::Tensor& u) { return -u.sign() * torch::expm1(-torch::sqrt(u.abs())); }},
      {"cubsign", [](const at::Tensor& u) { return u.pow(3) / (1 + u.abs().pow(3)); }},
      {"saturlog",
       [](const at::Tensor& u) {
         const at::Tensor log = torch::log1p(u.abs());
         return u.sign() * log / (1 + log);
       }},
      {"logsign_clip",
       [](const at::Tensor& u) { return torch::clamp(u.sign() * torch::log1p(u.abs()), -1, 1); }},
      {"logquad_clip",
       [](const at::Tensor& u) { return torch::clamp(u.sign() * torch::log1p(u * u), -1, 1); }},
      {"power23_clip",
       [](const at::Tensor& u) { return torch::clamp(u.sign() * u.abs().pow(2.0 / 3), -1, 1); }},
  };
  return expressions.at(function)(u);
}

struct PointwiseInputs {
  at::Tensor x, alpha;
  OptionalTensor shift, weight, bias;
  int64_t channel_dim = -1;
};

inline at::Tensor operator_output(const PointwiseInputs& in, const std::string& function) {
  return pointwise(in.x, in.alpha, in.shift, in.weight, in.bias, function, in.channel_dim);
}

inline std::tuple<at::Tensor, at::Tensor> add_output(const PointwiseInputs& in,
                                                     const at::Tensor& residual,
                                                     const std::string& function) {
  return pointwise_add(in.x, residual, in.alpha, in.shift, in.weight, in.bias, function,
                       in.channel_dim);
}

// The given tensors of in, in the operator's order.
inline std::vector<at::Tensor> leaves(const PointwiseInputs& in) {
  std::vector<at::Tensor> tensors{in.x, in.alpha};
  for (const OptionalTensor& tensor : {in.shift, in.weight, in.bias}) {
    if (tensor) {
      tensors.push_back(*tensor);
    }
  }
  return tensors;
}

// in with its given tensors replaced, in the same order.
inline PointwiseInputs with_tensors(PointwiseInputs in, const std::vector<at::Tensor>& tensors) {
  size_t next = 2;
  in.x = tensors[0];
  in.alpha = tensors[1];
  for (OptionalTensor* tensor : {&in.shift, &in.weight, &in.bias}) {
    if (*tensor) {
      *tensor = tensors[next++];
    }
  }
  return in;
}

// Parameters along the channel dimension, everything else broadcast.
inline at::Tensor pointwise_expression(const PointwiseInputs& in, const std::string& function) {
  std::vector<int64_t> shape(in.x.dim(), 1);
  shape[in.channel_dim < 0 ? in.channel_dim + in.x.dim() : in.channel_dim] = -1;
  at::Tensor u = in.alpha * in.x;
  u = in.shift ? u + *in.shift : u;
  at::Tensor y = function_expression(u, function);
  y = in.weight ? in.weight->view(shape) * y : y;
  return in.bias ? y + in.bias->view(shape) : y;
}

// No argument of f within 1e-3 of a kink, where finite differences would step over it.
inline bool differentiable(const PointwiseInputs& in, const std::string& function) {
  const at::Tensor u = in.alpha * in.x + in.shift.value_or(torch::zeros({1}, in.x.dtype()));
  const double kink = function_row(function).kink;
  return kink == 0 || ((u.abs() - kink).abs() > 1e-3).all().item<bool>();
}

inline at::Tensor residual_like(const at::Tensor& x) {
  return torch::cos(torch::arange(x.numel(), torch::kDouble) * 3.3).to(x.scalar_type()).view_as(x);
}

// present: bit 0 shift, bit 1 weight, bit 2 bias. Values repeat from call to call.
inline PointwiseInputs make_inputs(at::IntArrayRef sizes, int64_t channel_dim, int present,
                                   at::ScalarType type) {
  const at::Tensor x = torch::empty(sizes, type);
  const auto wave = [&](at::IntArrayRef shape, double frequency) {
    const int64_t count = c10::multiply_integers(shape);
    return torch::sin(torch::arange(count, torch::kDouble) * frequency + 0.4).to(type).view(shape);
  };
  const int64_t channels = x.size(channel_dim);
  PointwiseInputs made{.x = 2.5 * wave(sizes, 12.9), .alpha = torch::full({1}, 0.7, type)};
  made.channel_dim = channel_dim;
  if (present & 1) {
    made.shift = torch::full({1}, -0.2, type);
  }
  if (present & 2) {
    made.weight = wave({channels}, 0.9) + 0.5;
  }
  if (present & 4) {
    made.bias = wave({channels}, 1.3);
  }
  return made;
}

}  // namespace dyt::ops::test
