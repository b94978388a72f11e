// Multi-head self-attention with one fused projection, as in timm's ViT.
//
//   qkv = Linear(D, 3D), its outputs ordered [q | k | v], each of them h heads of D/h channels
//   y   = Linear(D, D) of softmax(q k^T / sqrt(D/h)) v, heads concatenated in order
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "dyt/nn/linear.h"

namespace dyt::nn {

class Attention final : public torch::nn::Module {
 public:
  // Error(kUsage) if num_heads does not divide dim.
  Attention(int64_t dim, int64_t num_heads, const at::TensorOptions& options = {});

  at::Tensor forward(const at::Tensor& tokens) const;  // (B, N, D) -> (B, N, D)

 private:
  int64_t num_heads_;
  std::shared_ptr<Linear> qkv_, proj_;
};

}  // namespace dyt::nn
