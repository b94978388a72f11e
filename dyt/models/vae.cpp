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

at::Tensor sample_latents(const LatentGaussian& latents, const at::Tensor& noise) {
  return latents.mean + (0.5 * latents.log_variance).exp() * noise;
}

}  // namespace dyt::models
