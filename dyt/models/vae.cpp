// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vae.h"

#include <sstream>

#include "dyt/core/error.h"
#include "dyt/models/config_checks.h"
#include "dyt/models/vae_layers.h"

namespace dyt::models {
namespace {

constexpr double kLowestLogVariance = -30;
constexpr double kHighestLogVariance = 20;

std::shared_ptr<nn::Conv2d> conv1x1(int64_t channels, const at::TensorOptions& options) {
  return std::make_shared<nn::Conv2d>(
      nn::Conv2dOptions{.in_channels = channels, .out_channels = channels, .kernel = 1}, options);
}

void check_shape(const at::Tensor& x, const char* what, int64_t channels, int64_t divisor) {
  if (x.dim() == 4 && x.size(1) == channels && x.size(2) > 0 && x.size(3) > 0 &&
      x.size(2) % divisor == 0 && x.size(3) % divisor == 0) {
    return;
  }
  std::ostringstream found;
  found << x.sizes();
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = std::string("the autoencoder cannot take these ") + what,
                     .expected = "(B, " + std::to_string(channels) +
                                 ", H, W), sides divisible by " + std::to_string(divisor),
                     .found = found.str()});
}

}  // namespace

void VaeConfig::validate() const {
  require_positive("image_channels", image_channels);
  require_positive("latent_channels", latent_channels);
  require_positive("blocks", blocks);
  require_positive("groups", groups);
  require_positive("widths", static_cast<int64_t>(widths.size()));
  for (const int64_t width : widths) {
    require_positive("widths", width);
    if (width % groups != 0) {
      throw_misfit("widths", "the groups do not divide a width",
                   "a number that " + std::to_string(groups) + " divides", std::to_string(width));
    }
  }
}

Vae::Vae(const VaeConfig& config, const at::TensorOptions& options) : config_(config) {
  config.validate();
  encoder_ = register_module("encoder", std::make_shared<VaeEncoder>(config, options));
  decoder_ = register_module("decoder", std::make_shared<VaeDecoder>(config, options));
  quant_conv_ = register_module("quant_conv", conv1x1(2 * config.latent_channels, options));
  post_quant_conv_ = register_module("post_quant_conv", conv1x1(config.latent_channels, options));
}

at::Tensor Vae::encode_moments(const at::Tensor& images) const {
  check_shape(images, "images", config_.image_channels, int64_t{1} << (config_.widths.size() - 1));
  return quant_conv_->forward(encoder_->forward(images));
}

LatentGaussian Vae::encode(const at::Tensor& images) const {
  const std::vector<at::Tensor> parts = encode_moments(images).chunk(2, 1);
  return {parts[0], parts[1].clamp(kLowestLogVariance, kHighestLogVariance)};
}

at::Tensor Vae::decode(const at::Tensor& latents) const {
  check_shape(latents, "latents", config_.latent_channels, 1);
  return decoder_->forward(post_quant_conv_->forward(latents));
}

namespace {

// The lengths of the tensor of that name; none where it is not there.
at::IntArrayRef sizes_in(const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                         const std::string& name) {
  for (const auto& [other, tensor] : tensors) {
    if (other == name && tensor.dim() == 4) {
      return tensor.sizes();
    }
  }
  return {};
}

}  // namespace

VaeConfig vae_config_of(const std::vector<std::pair<std::string, at::Tensor>>& tensors) {
  const at::IntArrayRef first = sizes_in(tensors, "encoder.conv_in.weight");
  const at::IntArrayRef last = sizes_in(tensors, "quant_conv.weight");
  const auto conv = [&](size_t level, int64_t block) {
    return sizes_in(tensors, "encoder.down_blocks." + std::to_string(level) + ".resnets." +
                                 std::to_string(block) + ".conv1.weight");
  };
  VaeConfig config{.widths = {}, .blocks = 0};
  while (!conv(config.widths.size(), 0).empty()) {
    config.widths.push_back(conv(config.widths.size(), 0)[0]);
  }
  while (!conv(0, config.blocks).empty()) {
    ++config.blocks;
  }
  if (first.empty() || last.empty() || config.widths.empty()) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "these are not the weights of an autoencoder",
                       .expected = "the names of diffusers' AutoencoderKL: encoder.conv_in.weight, "
                                   "encoder.down_blocks.0.resnets.0.conv1.weight, "
                                   "quant_conv.weight, ...",
                       .found = tensors.empty() ? "nothing" : tensors.front().first + ", ..."});
  }
  config.image_channels = first[1];
  config.latent_channels = last[0] / 2;
  return config;
}

std::string vae_tensor_name(const std::string& name) {
  constexpr std::pair<std::string_view, std::string_view> kRenamed[] = {
      {".query.", ".to_q."},
      {".key.", ".to_k."},
      {".value.", ".to_v."},
      {".proj_attn.", ".to_out.0."}};
  for (const auto& [old, now] : kRenamed) {
    if (const size_t place = name.find(old); place != std::string::npos) {
      return name.substr(0, place) + std::string(now) + name.substr(place + old.size());
    }
  }
  return name;
}

at::Tensor sample_latents(const LatentGaussian& latents, const at::Tensor& noise) {
  return latents.mean + (0.5 * latents.log_variance).exp() * noise;
}

}  // namespace dyt::models
