// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dino_head.h"

#include <ATen/ops/gelu.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <cmath>

#include "dyt/models/layer_init.h"

namespace dyt::models {
namespace {

// For its children's names alone.
class Mlp final : public torch::nn::Module {};

at::Tensor of_length_one(const at::Tensor& rows) {
  constexpr double kLeast = 1e-12;
  return rows / at::linalg_vector_norm(rows, 2, {-1}, /*keepdim=*/true).clamp_min(kLeast);
}

}  // namespace

DinoHead::DinoHead(const DinoHeadOptions& head, const at::TensorOptions& options) {
  const auto mlp = register_module("mlp", std::make_shared<Mlp>());
  // torch.nn.BatchNorm1d's; no slot of the configuration.
  const nn::NormSpec batch_norm = nn::parse_norm_spec("batch_norm:eps=1e-5");
  int64_t place = 0;
  for (int64_t i = 0; i < head.layers; ++i) {
    const bool last = i + 1 == head.layers;
    const int64_t out = last ? head.bottleneck_dim : head.hidden_dim;
    Layer layer;
    layer.linear = mlp->register_module(
        std::to_string(place++),
        std::make_shared<nn::Linear>(i == 0 ? head.in_dim : head.hidden_dim, out, options));
    if (head.batch_norm && !last) {
      layer.norm = mlp->register_module(
          std::to_string(place++),
          nn::make_norm(batch_norm, out, nn::Site::kFinal, nn::Layout::kChannelsLast, options));
    }
    ++place;  // the activation
    layers_.push_back(layer);
  }
  last_layer_ = register_module("last_layer", std::make_shared<nn::WeightNormLinear>(
                                                  head.bottleneck_dim, head.out_dim, options));
  last_layer_->weight_g().set_requires_grad(!head.norm_last_layer);
}

at::Tensor DinoHead::forward(const at::Tensor& features) const {
  at::Tensor x = features;
  for (const Layer& layer : layers_) {
    x = &layer == layers_.data() ? x : at::gelu(x);
    x = layer.linear->forward(x);
    x = layer.norm ? layer.norm->forward(x) : x;
  }
  return last_layer_->forward(of_length_one(x));
}

void initialize(DinoHead& head, uint64_t seed, const std::string& prefix) {
  constexpr double kLinearStd = 0.02;
  initialize_layers(head, {.linear = truncated_normal(kLinearStd)}, seed, prefix);
  const nn::WeightNormLinear& last = head.last_layer();
  last.weight_g().detach().fill_(1);
  const auto fan_in = static_cast<double>(last.weight_v().size(1));
  uniform(1 / std::sqrt(fan_in))(last.weight_v(), seed, prefix + "last_layer.weight_v");
}

}  // namespace dyt::models
