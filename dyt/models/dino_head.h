// SPDX-License-Identifier: Apache-2.0
// The projection head of DINO (arXiv 2104.14294, release of April 2023):
//
//   mlp:         Linear(D, hidden), [BatchNorm], GELU, ..., Linear(hidden, bottleneck)
//   x <- x / max(|x|_2, 1e-12)
//   last_layer:  a weight-normalised linear without bias, bottleneck -> out
//
// Parameters: mlp.<n>.{weight, bias}, n counting the activations and batch norms too (0, 2, 4 for
// three layers without batch norm), last_layer.{weight_g, weight_v}.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/weight_norm_linear.h"

namespace dyt::models {

struct DinoHeadOptions {
  int64_t in_dim = 0;
  int64_t out_dim = 65536;
  int64_t hidden_dim = 2048;
  int64_t bottleneck_dim = 256;
  int64_t layers = 3;           // of the mlp, at least 2
  bool batch_norm = false;      // after each hidden layer
  bool norm_last_layer = true;  // weight_g stays 1, frozen
};

class DinoHead final : public torch::nn::Module {
 public:
  explicit DinoHead(const DinoHeadOptions& head, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& features) const;  // (B, D) -> (B, out)

  const nn::WeightNormLinear& last_layer() const { return *last_layer_; }

 private:
  struct Layer {
    std::shared_ptr<nn::Linear> linear;
    std::shared_ptr<nn::Norm> norm;  // null without batch norm, and in the last layer
  };

  std::vector<Layer> layers_;
  std::shared_ptr<nn::WeightNormLinear> last_layer_;
};

// Linear weights normal(0, 0.02) truncated at -2 and 2, biases 0; weight_g 1; weight_v uniform
// within +-1/sqrt(bottleneck). The streams are named `prefix` and the parameter's name.
void initialize(DinoHead& head, uint64_t seed, const std::string& prefix = "");

}  // namespace dyt::models
