// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/layer_init.h"

#include <cmath>

#include "dyt/models/weight_streams.h"
#include "dyt/nn/layer_scale.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/patch_embed.h"

namespace dyt::models {
namespace {

template <class Draw>
Filler drawn(const Draw& draw) {
  return [draw](const at::Tensor& tensor, uint64_t seed, const std::string& name) {
    fill_from_stream(tensor, seed, name, draw);
  };
}

void initialize_patches(const nn::PatchProjection& projection, const Filler& weight, uint64_t seed,
                        const std::string& name) {
  const auto fan_in = static_cast<double>(projection.weight()[0].numel());
  const Filler by_default = uniform(1 / std::sqrt(fan_in));
  (weight ? weight : by_default)(projection.weight(), seed, name + ".weight");
  by_default(projection.bias(), seed, name + ".bias");
}

}  // namespace

Filler truncated_normal(double std) {
  return drawn([std](core::RandomStream& stream) { return stream.trunc_normal(std); });
}

Filler normal(double std) {
  return drawn([std](core::RandomStream& stream) { return std * stream.normal(); });
}

Filler uniform(double bound) {
  return drawn([bound](core::RandomStream& stream) { return stream.uniform(-bound, bound); });
}

Filler xavier_uniform() {
  return [](const at::Tensor& tensor, uint64_t seed, const std::string& name) {
    const int64_t out = tensor.size(0), in = tensor.numel() / out;
    uniform(std::sqrt(6.0 / static_cast<double>(in + out)))(tensor, seed, name);
  };
}

void initialize_layers(torch::nn::Module& module, const LayerInit& init, uint64_t seed,
                       const std::string& prefix) {
  for (const auto& item : module.named_modules("", /*include_self=*/false)) {
    torch::nn::Module* layer = item.value().get();
    const std::string name = prefix + item.key();
    if (auto* linear = dynamic_cast<nn::Linear*>(layer)) {
      init.linear(linear->weight(), seed, name + ".weight");
      linear->bias().detach().zero_();
    } else if (auto* projection = dynamic_cast<nn::PatchProjection*>(layer)) {
      initialize_patches(*projection, init.patch_projection, seed, name);
    } else if (auto* norm = dynamic_cast<nn::Norm*>(layer)) {
      norm->reset();
    } else if (auto* scale = dynamic_cast<nn::LayerScale*>(layer)) {
      scale->reset();
    }
  }
}

}  // namespace dyt::models
