// SPDX-License-Identifier: Apache-2.0
// The autoencoder of latent diffusion (Rombach et al., arXiv 2112.10752), which DiT trains and
// samples behind: images (B, 3, 8h, 8w) <-> latents (B, 4, h, w). Names are those of diffusers'
// AutoencoderKL, so that its `sd-vae-ft-ema` and `sd-vae-ft-mse` load by name. For inference: no
// norm slot stands in it, it has no start values of its own.
//
//   Vae vae(VaeConfig{});                                       // the published sizes
//   const LatentGaussian latents = vae.encode(images);          // images in [-1, 1]
//   const at::Tensor z = sample_latents(latents, noise) * kLatentScale;
//   const at::Tensor decoded = vae.decode(z / kLatentScale);
//
// Parameters: encoder.{conv_in, down_blocks.l.resnets.j, down_blocks.l.downsamplers.0.conv,
// mid_block, conv_norm_out, conv_out}, quant_conv, post_quant_conv, decoder.{conv_in, mid_block,
// up_blocks.l.resnets.j, up_blocks.l.upsamplers.0.conv, conv_norm_out, conv_out}; up_blocks.0 is
// the smallest image. Older files call an attention's to_q, to_k, to_v, to_out.0 query, key, value,
// proj_attn.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dyt/nn/conv.h"

namespace dyt::models {

// Latents go into a diffusion network times this: about variance 1 on natural images.
inline constexpr double kLatentScale = 0.18215;

struct VaeConfig {
  std::vector<int64_t> widths = {128, 256, 512, 512};  // of the levels; each but the last halves
  int64_t image_channels = 3;
  int64_t latent_channels = 4;
  int64_t blocks = 2;   // residual blocks of an encoder's level; a decoder's has one more
  int64_t groups = 32;  // of every GroupNorm; divides all widths

  // Error(kUsage) names the field, as `model.<field>`.
  void validate() const;
};

struct LatentGaussian {
  at::Tensor mean, log_variance;  // (B, latent_channels, h, w); the log cut to [-30, 20]
};

class VaeDecoder;
class VaeEncoder;

class Vae final : public torch::nn::Module {
 public:
  // Norms start at weight 1, bias 0, everything else at zero. `options`: type and device, the meta
  // device too.
  explicit Vae(const VaeConfig& config, const at::TensorOptions& options = {});

  // Images (B, image_channels, H, W) in [-1, 1]; H and W divisible by 2^(levels - 1), else
  // Error(kUsage).
  LatentGaussian encode(const at::Tensor& images) const;

  // The same before it is split and cut: (B, 2 latent_channels, h, w).
  at::Tensor encode_moments(const at::Tensor& images) const;

  // Latents (B, latent_channels, h, w), not scaled -> images, not cut to [-1, 1].
  at::Tensor decode(const at::Tensor& latents) const;

  const VaeConfig& config() const { return config_; }

 private:
  VaeConfig config_;
  std::shared_ptr<VaeEncoder> encoder_;
  std::shared_ptr<VaeDecoder> decoder_;
  std::shared_ptr<nn::Conv2d> quant_conv_, post_quant_conv_;
};

// The sizes of an autoencoder whose tensors these are. Error(kData) where they are no
// autoencoder's.
VaeConfig vae_config_of(const std::vector<std::pair<std::string, at::Tensor>>& tensors);

// The name in this network of a tensor of a file, older files' too.
std::string vae_tensor_name(const std::string& name);

// mean + exp(log variance / 2) noise; noise normal, shaped as the mean.
at::Tensor sample_latents(const LatentGaussian& latents, const at::Tensor& noise);

}  // namespace dyt::models
