// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vgg.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/max_pool2d.h>

#include "dyt/models/conv_unit.h"
#include "dyt/models/weight_streams.h"

namespace dyt::models {
namespace {

// For its children's names alone: torchvision numbers what has no parameters too.
class Numbered final : public torch::nn::Module {};

constexpr int64_t kKernel = 3;

}  // namespace

Vgg::Vgg(const VggConfig& config, const at::TensorOptions& options) : config_(config) {
  config.validate();
  add_features(options);
  add_classifier(options);
}

void Vgg::add_features(const at::TensorOptions& options) {
  const nn::NormSpec norm = nn::parse_norm_spec(config_.norm);
  const auto features = register_module("features", std::make_shared<Numbered>());
  int64_t channels = config_.channels;
  int64_t number = 0;
  for (size_t stage = 0; stage < config_.depths.size(); ++stage) {
    for (int64_t n = 0; n < config_.depths[stage]; ++n) {
      const int64_t dim = config_.dims[stage];
      units_.push_back(
          {.conv = std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = channels,
                                                                  .out_channels = dim,
                                                                  .kernel = kKernel,
                                                                  .padding = kKernel / 2},
                                                options),
           .norm = make_pixel_slot(norm, dim, nn::Site::kConv, options),
           .pools = n + 1 == config_.depths[stage]});
      features->register_module(std::to_string(number), units_.back().conv);
      features->register_module(std::to_string(number + 1), units_.back().norm);
      number += units_.back().pools ? 4 : 3;  // the activation, and the pooling
      channels = dim;
    }
  }
}

void Vgg::add_classifier(const at::TensorOptions& options) {
  const auto classifier = register_module("classifier", std::make_shared<Numbered>());
  const int64_t flat = config_.dims.back() * config_.pool_size * config_.pool_size;
  const int64_t hidden = config_.hidden_dim;
  const std::pair<int64_t, int64_t> shapes[] = {
      {flat, hidden}, {hidden, hidden}, {hidden, config_.num_classes}};
  for (const auto& [in, out] : shapes) {
    const size_t number = 3 * classifier_.size();  // a matrix, an activation, a dropout
    classifier_.push_back(std::make_shared<nn::Linear>(in, out, options));
    classifier->register_module(std::to_string(number), classifier_.back());
    if (classifier_.size() < std::size(shapes)) {
      dropouts_.push_back(std::make_shared<nn::Dropout>(config_.dropout));
      classifier->register_module(std::to_string(number + 2), dropouts_.back());
    }
  }
}

at::Tensor Vgg::pooled(const at::Tensor& images) {
  at::Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
  for (const Unit& unit : units_) {
    x = normalized(*unit.norm, unit.conv->forward(x)).relu();
    x = unit.pools ? at::max_pool2d(x, 2) : x;
  }
  x = at::adaptive_avg_pool2d(x, {config_.pool_size, config_.pool_size}).flatten(1);
  for (size_t n = 0; n < dropouts_.size(); ++n) {
    x = dropouts_[n]->forward(classifier_[n]->forward(x).relu());
  }
  return x;
}

at::Tensor Vgg::logits(const at::Tensor& pooled) const {
  return classifier_.back()->forward(pooled);
}

void initialize(Vgg& model, const VggInit& init, uint64_t seed) {
  for (const auto& item : model.named_modules("", /*include_self=*/false)) {
    torch::nn::Module* module = item.value().get();
    if (auto* conv = dynamic_cast<nn::Conv2d*>(module)) {
      fill_he(*conv, seed, item.key() + ".weight");
      conv->bias().detach().zero_();
    } else if (auto* linear = dynamic_cast<nn::Linear*>(module)) {
      fill_from_stream(
          linear->weight(), seed, item.key() + ".weight",
          [&](core::RandomStream& stream) { return init.linear_std * stream.normal(); });
      linear->bias().detach().zero_();
    } else if (auto* norm = dynamic_cast<nn::Norm*>(module)) {
      norm->reset();
    }
  }
}

}  // namespace dyt::models
