// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/probe.h"

#include "dyt/models/config_checks.h"
#include "dyt/models/layer_init.h"

namespace dyt::models {

ProbeHead::ProbeHead(int64_t dim, int64_t num_classes, const at::TensorOptions& options) {
  // No slot of the configuration: a probe of a network without norms has this one all the same.
  const nn::NormSpec batch_norm =
      nn::parse_norm_spec("batch_norm:eps=1e-6:weight=false:bias=false");
  batch_norm_ = register_module(
      "0", nn::make_norm(batch_norm, dim, nn::Site::kFinal, nn::Layout::kChannelsLast, options));
  linear_ = register_module("1", std::make_shared<nn::Linear>(dim, num_classes, options));
}

at::Tensor ProbeHead::forward(const at::Tensor& features) const {
  return linear_->forward(normed(features));
}

void initialize(ProbeHead& head, uint64_t seed, const std::string& prefix) {
  constexpr double kStd = 0.01;
  initialize_layers(head, {.linear = truncated_normal(kStd)}, seed, prefix);
}

LinearProbe::LinearProbe(const VitConfig& config, const at::TensorOptions& options)
    : VitEncoder(config, options) {
  require_positive("num_classes", config.num_classes);
  for (const at::Tensor& parameter : parameters()) {
    parameter.set_requires_grad(false);
  }
  head_ =
      register_module("head", std::make_shared<ProbeHead>(config.dim, config.num_classes, options));
}

at::Tensor LinearProbe::logits(const at::Tensor& images) {
  const auto features = [&] {
    const at::NoGradGuard no_grad;
    return forward(images);
  };
  return head_->forward(features());
}

}  // namespace dyt::models
