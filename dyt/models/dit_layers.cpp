// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dit_layers.h"

#include <ATen/ops/addcmul.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace dyt::models {
namespace {

constexpr int64_t kWaves = 128;  // cosines, and as many sines
constexpr double kLongestPeriod = 10000;

// 10000^(-k/128) in upstream's float32 arithmetic. exp in float64, rounded once: LibTorch's float32
// exp differs in the last place from one processor to another, and at step 999 that is 1e-4 of an
// angle.
at::Tensor wave_frequencies() {
  at::Tensor frequencies = at::empty({kWaves}, at::kFloat);
  float* value = frequencies.mutable_data_ptr<float>();
  const auto log_period = static_cast<float>(-std::log(kLongestPeriod));
  for (int64_t k = 0; k < kWaves; ++k) {
    const float exponent = log_period * static_cast<float>(k) / static_cast<float>(kWaves);
    value[k] = static_cast<float>(std::exp(static_cast<double>(exponent)));
  }
  return frequencies;
}

// (B) -> (B, 2 * kWaves): angles in float32, as upstream; cosines and sines of them in float64 for
// the reason above, rounded to float32.
at::Tensor timestep_waves(const at::Tensor& timesteps) {
  static const at::Tensor kFrequencies = wave_frequencies();
  const at::Tensor angles =
      timesteps.to(at::kFloat).unsqueeze(1) * kFrequencies.to(timesteps.device());
  const at::Tensor exact = angles.to(at::kDouble);
  return at::cat({exact.cos(), exact.sin()}, 1).to(at::kFloat);
}

at::Tensor modulated(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale) {
  return at::addcmul(shift, x, scale + 1);
}

std::shared_ptr<nn::Norm> make_slot(const nn::NormSpec& spec, int64_t dim, nn::Site site,
                                    const at::TensorOptions& options) {
  return nn::make_norm(spec, dim, site, nn::Layout::kChannelsLast, options);
}

}  // namespace

DitTimestepEmbedding::DitTimestepEmbedding(int64_t dim, const at::TensorOptions& options) {
  const auto mlp = register_module("mlp", std::make_shared<DitGroup>());
  hidden_ = mlp->register_module("0", std::make_shared<nn::Linear>(2 * kWaves, dim, options));
  output_ = mlp->register_module("2", std::make_shared<nn::Linear>(dim, dim, options));
}

at::Tensor DitTimestepEmbedding::forward(const at::Tensor& timesteps) const {
  const at::Tensor waves = timestep_waves(timesteps).to(hidden_->weight().scalar_type());
  return output_->forward(at::silu(hidden_->forward(waves)));
}

DitLabelEmbedding::DitLabelEmbedding(int64_t num_classes, int64_t dim,
                                     const at::TensorOptions& options) {
  const auto table = register_module("embedding_table", std::make_shared<DitGroup>());
  table_ = table->register_parameter("weight", at::zeros({num_classes + 1, dim}, options));
}

at::Tensor DitLabelEmbedding::forward(const at::Tensor& labels) const {
  return at::embedding(table_, labels);
}

DitModulation::DitModulation(int64_t dim, int64_t parts, const at::TensorOptions& options)
    : parts_(parts),
      linear_(register_module("1", std::make_shared<nn::Linear>(dim, parts * dim, options))) {}

std::vector<at::Tensor> DitModulation::forward(const at::Tensor& condition) const {
  return linear_->forward(condition).unsqueeze(1).chunk(parts_, 2);
}

DitBlock::DitBlock(const DitConfig& config, const nn::NormSpec& norm,
                   const at::TensorOptions& options) {
  // In upstream's order: it is the order of the parameters.
  const int64_t dim = config.dim;
  norm1_ = register_module("norm1", make_slot(norm, dim, nn::Site::kAttention, options));
  const nn::AttentionOptions attention{.dim = dim, .num_heads = config.num_heads};
  attn_ = register_module("attn", std::make_shared<nn::Attention>(attention, options));
  norm2_ = register_module("norm2", make_slot(norm, dim, nn::Site::kFfn, options));
  mlp_ = register_module(
      "mlp", std::make_shared<nn::Mlp>(dim, config.hidden_dim(), options, nn::Gelu::kTanh));
  modulation_ =
      register_module("adaLN_modulation", std::make_shared<DitModulation>(dim, 6, options));
}

nn::Stream DitBlock::forward(const nn::Stream& stream, const at::Tensor& condition) const {
  const std::vector<at::Tensor> parts = modulation_->forward(condition);
  const at::Tensor &shift1 = parts[0], &scale1 = parts[1], &gate1 = parts[2];
  const at::Tensor &shift2 = parts[3], &scale2 = parts[4], &gate2 = parts[5];
  const nn::NormSum first = norm1_->forward_add(stream.branch, stream.residual);
  const at::Tensor attended = gate1 * attn_->forward(modulated(first.y, shift1, scale1));
  const nn::NormSum second = norm2_->forward_add(attended, first.sum);
  return {gate2 * mlp_->forward(modulated(second.y, shift2, scale2)), second.sum};
}

DitFinalLayer::DitFinalLayer(const DitConfig& config, const nn::NormSpec& norm,
                             const at::TensorOptions& options) {
  const int64_t dim = config.dim;
  const int64_t outputs = config.patch_size * config.patch_size * config.out_channels();
  norm_ = register_module("norm_final", make_slot(norm, dim, nn::Site::kFinal, options));
  linear_ = register_module("linear", std::make_shared<nn::Linear>(dim, outputs, options));
  modulation_ =
      register_module("adaLN_modulation", std::make_shared<DitModulation>(dim, 2, options));
}

at::Tensor DitFinalLayer::forward(const nn::Stream& stream, const at::Tensor& condition) const {
  const std::vector<at::Tensor> parts = modulation_->forward(condition);
  const nn::NormSum last = norm_->forward_add(stream.branch, stream.residual);
  return linear_->forward(modulated(last.y, parts[0], parts[1]));
}

}  // namespace dyt::models
