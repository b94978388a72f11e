// SPDX-License-Identifier: Apache-2.0
// The parts of Vae (vae.h) and their names; networks are built of them there alone.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "dyt/models/vae.h"
#include "dyt/nn/conv.h"
#include "dyt/nn/linear.h"

namespace dyt::models {

// GroupNorm over whole images, (B, C, H, W): PyTorch's, eps 1e-6.
class VaeNorm final : public torch::nn::Module {
 public:
  VaeNorm(int64_t groups, int64_t channels, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  int64_t groups_;
  at::Tensor weight_, bias_;
};

// x + conv2(SiLU(norm2(conv1(SiLU(norm1(x)))))), x through a 1x1 convolution where the width
// changes
class VaeResnet final : public torch::nn::Module {
 public:
  VaeResnet(const VaeConfig& config, int64_t in, int64_t out, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::shared_ptr<VaeNorm> norm1_, norm2_;
  std::shared_ptr<nn::Conv2d> conv1_, conv2_, shortcut_;  // shortcut: null where in == out
};

// x + to_out.0(attention of one head over the pixels of group_norm(x))
class VaeAttention final : public torch::nn::Module {
 public:
  VaeAttention(const VaeConfig& config, int64_t channels, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::shared_ptr<VaeNorm> norm_;
  std::shared_ptr<nn::Linear> q_, k_, v_, out_;
};

// Two residual blocks with attention between them.
class VaeMiddle final : public torch::nn::Module {
 public:
  VaeMiddle(const VaeConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  std::shared_ptr<VaeResnet> first_, second_;
  std::shared_ptr<VaeAttention> attention_;
};

// Residual blocks, then a change of the image's side by two, where there is one.
enum class Resize { kNone, kHalve, kDouble };

class VaeLevel final : public torch::nn::Module {
 public:
  VaeLevel(const VaeConfig& config, int64_t in, int64_t out, int64_t blocks, Resize resize,
           const at::TensorOptions& options);
  at::Tensor forward(at::Tensor x) const;

 private:
  Resize resize_;
  std::vector<std::shared_ptr<VaeResnet>> resnets_;
  std::shared_ptr<nn::Conv2d> conv_;  // null without a change
};

class VaeEncoder final : public torch::nn::Module {
 public:
  VaeEncoder(const VaeConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& images) const;  // -> (B, 2 latent_channels, h, w)

 private:
  std::shared_ptr<nn::Conv2d> conv_in_, conv_out_;
  std::vector<std::shared_ptr<VaeLevel>> levels_;
  std::shared_ptr<VaeMiddle> middle_;
  std::shared_ptr<VaeNorm> norm_out_;
};

class VaeDecoder final : public torch::nn::Module {
 public:
  VaeDecoder(const VaeConfig& config, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& latents) const;  // (B, latent_channels, h, w)

 private:
  std::shared_ptr<nn::Conv2d> conv_in_, conv_out_;
  std::shared_ptr<VaeMiddle> middle_;
  std::vector<std::shared_ptr<VaeLevel>> levels_;
  std::shared_ptr<VaeNorm> norm_out_;
};

}  // namespace dyt::models
