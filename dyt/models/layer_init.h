// SPDX-License-Identifier: Apache-2.0
// Start values that models have in common, by layer kind.
//
//   initialize_layers(model, {.linear = xavier_uniform()}, seed);
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <string>

namespace dyt::models {

// Fills a tensor from the stream (seed, "weights/<name>").
using Filler =
    std::function<void(const at::Tensor& tensor, uint64_t seed, const std::string& name)>;

Filler truncated_normal(double std);  // normal(0, std) truncated at -2 and 2
Filler normal(double std);
Filler uniform(double bound);  // from -bound to bound
// Uniform within +-sqrt(6 / (in + out)) for a weight (out, in...), its further dimensions counted
// to `in` (Glorot and Bengio, 2010).
Filler xavier_uniform();

struct LayerInit {
  Filler linear;            // weights of nn::Linear
  Filler patch_projection;  // weights of nn::PatchProjection; none: as its bias
};

// Of every layer in the module: nn::Linear's bias 0; nn::PatchProjection's bias uniform within
// +-1/sqrt(C p^2), LibTorch's default for a convolution; norm slots and layer scales: their own
// start. Parameters of other modules stay. The streams are named `prefix` and the parameter's name
// in the module.
void initialize_layers(torch::nn::Module& module, const LayerInit& init, uint64_t seed,
                       const std::string& prefix = "");

}  // namespace dyt::models
