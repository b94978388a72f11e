// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/vae_layers.h"

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros.h>
#include <torch/nn/modules/container/modulelist.h>

namespace dyt::models {
namespace {

constexpr double kGroupNormEps = 1e-6;

// For its children's names alone.
class VaeGroup final : public torch::nn::Module {};

std::shared_ptr<nn::Conv2d> conv3x3(int64_t in, int64_t out, const at::TensorOptions& options,
                                    int64_t stride = 1, int64_t padding = 1) {
  return std::make_shared<nn::Conv2d>(nn::Conv2dOptions{.in_channels = in,
                                                        .out_channels = out,
                                                        .kernel = 3,
                                                        .stride = stride,
                                                        .padding = padding},
                                      options);
}

std::shared_ptr<torch::nn::ModuleListImpl> list_in(torch::nn::Module& module, const char* name) {
  return module.register_module(name, std::make_shared<torch::nn::ModuleListImpl>());
}

}  // namespace

VaeNorm::VaeNorm(int64_t groups, int64_t channels, const at::TensorOptions& options)
    : groups_(groups),
      weight_(register_parameter("weight", at::ones({channels}, options))),
      bias_(register_parameter("bias", at::zeros({channels}, options))) {}

at::Tensor VaeNorm::forward(const at::Tensor& x) const {
  return at::group_norm(x, groups_, weight_, bias_, kGroupNormEps);
}

VaeResnet::VaeResnet(const VaeConfig& config, int64_t in, int64_t out,
                     const at::TensorOptions& options) {
  norm1_ = register_module("norm1", std::make_shared<VaeNorm>(config.groups, in, options));
  conv1_ = register_module("conv1", conv3x3(in, out, options));
  norm2_ = register_module("norm2", std::make_shared<VaeNorm>(config.groups, out, options));
  conv2_ = register_module("conv2", conv3x3(out, out, options));
  if (in != out) {
    shortcut_ = register_module(
        "conv_shortcut",
        std::make_shared<nn::Conv2d>(
            nn::Conv2dOptions{.in_channels = in, .out_channels = out, .kernel = 1}, options));
  }
}

at::Tensor VaeResnet::forward(const at::Tensor& x) const {
  const at::Tensor inner = conv1_->forward(at::silu(norm1_->forward(x)));
  const at::Tensor branch = conv2_->forward(at::silu(norm2_->forward(inner)));
  return (shortcut_ ? shortcut_->forward(x) : x) + branch;
}

VaeAttention::VaeAttention(const VaeConfig& config, int64_t channels,
                           const at::TensorOptions& options) {
  const auto linear = [&] { return std::make_shared<nn::Linear>(channels, channels, options); };
  norm_ =
      register_module("group_norm", std::make_shared<VaeNorm>(config.groups, channels, options));
  q_ = register_module("to_q", linear());
  k_ = register_module("to_k", linear());
  v_ = register_module("to_v", linear());
  out_ = linear();
  list_in(*this, "to_out")->push_back(out_);
}

at::Tensor VaeAttention::forward(const at::Tensor& x) const {
  const at::Tensor pixels = norm_->forward(x).flatten(2).transpose(1, 2);  // (B, H*W, C)
  const at::Tensor attended = at::scaled_dot_product_attention(q_->forward(pixels).unsqueeze(1),
                                                               k_->forward(pixels).unsqueeze(1),
                                                               v_->forward(pixels).unsqueeze(1));
  const at::Tensor branch = out_->forward(attended.squeeze(1));
  return x + branch.transpose(1, 2).reshape(x.sizes());
}

VaeMiddle::VaeMiddle(const VaeConfig& config, const at::TensorOptions& options) {
  const int64_t width = config.widths.back();
  attention_ = std::make_shared<VaeAttention>(config, width, options);
  first_ = std::make_shared<VaeResnet>(config, width, width, options);
  second_ = std::make_shared<VaeResnet>(config, width, width, options);
  list_in(*this, "attentions")->push_back(attention_);
  const auto resnets = list_in(*this, "resnets");
  resnets->push_back(first_);
  resnets->push_back(second_);
}

at::Tensor VaeMiddle::forward(const at::Tensor& x) const {
  return second_->forward(attention_->forward(first_->forward(x)));
}

VaeLevel::VaeLevel(const VaeConfig& config, int64_t in, int64_t out, int64_t blocks, Resize resize,
                   const at::TensorOptions& options)
    : resize_(resize) {
  const auto list = list_in(*this, "resnets");
  for (int64_t j = 0; j < blocks; ++j) {
    resnets_.push_back(std::make_shared<VaeResnet>(config, j == 0 ? in : out, out, options));
    list->push_back(resnets_.back());
  }
  if (resize != Resize::kNone) {
    const bool halve = resize == Resize::kHalve;
    const auto holder = std::make_shared<VaeGroup>();
    conv_ = holder->register_module(
        "conv", halve ? conv3x3(out, out, options, 2, 0) : conv3x3(out, out, options));
    list_in(*this, halve ? "downsamplers" : "upsamplers")->push_back(holder);
  }
}

at::Tensor VaeLevel::forward(at::Tensor x) const {
  for (const auto& resnet : resnets_) {
    x = resnet->forward(x);
  }
  switch (resize_) {
    case Resize::kHalve:  // one pixel of zeros at the right and at the bottom
      return conv_->forward(at::constant_pad_nd(x, {0, 1, 0, 1}, 0));
    case Resize::kDouble:
      return conv_->forward(at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}));
    case Resize::kNone:
      break;
  }
  return x;
}

VaeEncoder::VaeEncoder(const VaeConfig& config, const at::TensorOptions& options) {
  int64_t width = config.widths.front();
  conv_in_ = register_module("conv_in", conv3x3(config.image_channels, width, options));
  const auto list = list_in(*this, "down_blocks");
  for (size_t l = 0; l < config.widths.size(); ++l) {
    const Resize resize = l + 1 < config.widths.size() ? Resize::kHalve : Resize::kNone;
    levels_.push_back(std::make_shared<VaeLevel>(config, width, config.widths[l], config.blocks,
                                                 resize, options));
    list->push_back(levels_.back());
    width = config.widths[l];
  }
  middle_ = register_module("mid_block", std::make_shared<VaeMiddle>(config, options));
  norm_out_ =
      register_module("conv_norm_out", std::make_shared<VaeNorm>(config.groups, width, options));
  conv_out_ = register_module("conv_out", conv3x3(width, 2 * config.latent_channels, options));
}

at::Tensor VaeEncoder::forward(const at::Tensor& images) const {
  at::Tensor x = conv_in_->forward(images);
  for (const auto& level : levels_) {
    x = level->forward(x);
  }
  return conv_out_->forward(at::silu(norm_out_->forward(middle_->forward(x))));
}

VaeDecoder::VaeDecoder(const VaeConfig& config, const at::TensorOptions& options) {
  int64_t width = config.widths.back();
  conv_in_ = register_module("conv_in", conv3x3(config.latent_channels, width, options));
  middle_ = register_module("mid_block", std::make_shared<VaeMiddle>(config, options));
  const auto list = list_in(*this, "up_blocks");
  for (size_t l = config.widths.size(); l-- > 0;) {
    const Resize resize = l > 0 ? Resize::kDouble : Resize::kNone;
    levels_.push_back(std::make_shared<VaeLevel>(config, width, config.widths[l], config.blocks + 1,
                                                 resize, options));
    list->push_back(levels_.back());
    width = config.widths[l];
  }
  norm_out_ =
      register_module("conv_norm_out", std::make_shared<VaeNorm>(config.groups, width, options));
  conv_out_ = register_module("conv_out", conv3x3(width, config.image_channels, options));
}

at::Tensor VaeDecoder::forward(const at::Tensor& latents) const {
  at::Tensor x = middle_->forward(conv_in_->forward(latents));
  for (const auto& level : levels_) {
    x = level->forward(x);
  }
  return conv_out_->forward(at::silu(norm_out_->forward(x)));
}

}  // namespace dyt::models
