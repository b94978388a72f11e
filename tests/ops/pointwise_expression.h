// Inputs of dyt::pointwise, the operator on them, and the same written with LibTorch's own
// operators.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "dyt/ops/pointwise.h"

namespace dyt::ops::test {

using OptionalTensor = std::optional<at::Tensor>;

inline const std::vector<std::string> kFunctionNames = {"tanh", "erf", "isru", "linear_clip",
                                                        "sigmoid"};

inline at::Tensor function_expression(const at::Tensor& u, const std::string& function) {
  if (function == "tanh") {
    return torch::tanh(u);
  }
  if (function == "erf") {
    return torch::erf(u);
  }
  if (function == "sigmoid") {
    return torch::sigmoid(u);
  }
  return function == "isru" ? u / torch::sqrt(1 + u * u) : torch::clamp(u, -1, 1);
}

struct PointwiseInputs {
  at::Tensor x, alpha;
  OptionalTensor shift, weight, bias;
  int64_t channel_dim = -1;
};

inline at::Tensor operator_output(const PointwiseInputs& in, const std::string& function) {
  return pointwise(in.x, in.alpha, in.shift, in.weight, in.bias, function, in.channel_dim);
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
