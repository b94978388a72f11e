// SPDX-License-Identifier: Apache-2.0
// Multi-head self-attention with one fused projection, as in timm's ViT.
//
//   qkv = Linear(D, 3D), its outputs ordered [q | k | v], each of them h heads of D/h channels
//   y   = Linear(D, D) of softmax(q k^T / sqrt(D/h)) v, heads concatenated in order
//
// With `qk_norm` q and k go through a norm slot each, `q_norm` and `k_norm`, over the D/h channels
// of a head and the same for every head.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <optional>

#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"

namespace dyt::nn {

struct AttentionOptions {
  int64_t dim = 0;
  int64_t num_heads = 1;
  std::optional<NormSpec> qk_norm = {};
};

class Attention final : public torch::nn::Module {
 public:
  // Error(kUsage) if num_heads does not divide dim.
  explicit Attention(const AttentionOptions& attention, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& tokens) const;  // (B, N, D) -> (B, N, D)

  // What forward() mixes the tokens with, softmax(q k^T / sqrt(D/h)): (B, h, N, N), rows sum to 1.
  at::Tensor weights(const at::Tensor& tokens) const;

  // What reads the tokens.
  Linear& input_layer() const { return *qkv_; }

 private:
  struct Heads {
    at::Tensor q, k, v;  // (B, h, N, D/h); q and k behind their slots
  };
  Heads heads_of(const at::Tensor& tokens) const;

  int64_t num_heads_;
  std::shared_ptr<Linear> qkv_, proj_;
  std::shared_ptr<Norm> q_norm_, k_norm_;  // null without qk_norm
};

}  // namespace dyt::nn
