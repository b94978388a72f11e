// SPDX-License-Identifier: Apache-2.0
// Images as the latents of a frozen autoencoder, which latent diffusion trains and samples on.
//
//   const LatentSpace space("sd-vae-ft-ema.safetensors", at::kCPU);
//   const at::Tensor z = space.encode(images, noise);   // (B, 4, H / 8, W / 8), about variance 1
//   const at::Tensor again = space.decode(z);           // (B, 3, H, W), about [-1, 1]
#pragma once

#include <filesystem>
#include <memory>

#include "dyt/models/vae.h"

namespace dyt::tasks {

// What a file of weights makes of images, without building the network.
struct LatentShape {
  int64_t factor = 0;    // side of the image over side of the latents
  int64_t channels = 0;  // of the latents
};

// Error(kData) for a file that is missing or holds no autoencoder of RGB images.
LatentShape latent_shape(const std::filesystem::path& weights);

class LatentSpace {
 public:
  // `weights`: a .safetensors file with the names of diffusers' AutoencoderKL, its older ones too.
  // Error(kData) where it is not that.
  LatentSpace(const std::filesystem::path& weights, const at::Device& device);

  // Images (B, 3, H, W) in [-1, 1]; noise: normal, (B, channels, H / factor, W / factor). Drawn
  // from the encoder's Gaussian and scaled. No gradient.
  at::Tensor encode(const at::Tensor& images, const at::Tensor& noise) const;
  // Scaled latents -> images, not cut to [-1, 1]. No gradient.
  at::Tensor decode(const at::Tensor& latents) const;

 private:
  std::shared_ptr<models::Vae> vae_;
};

}  // namespace dyt::tasks
