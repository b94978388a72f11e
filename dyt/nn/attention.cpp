// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/attention.h"

#include <ATen/ops/scaled_dot_product_attention.h>

#include <cmath>

#include "dyt/core/error.h"

namespace dyt::nn {
namespace {

at::Tensor normed(const std::shared_ptr<Norm>& norm, const at::Tensor& part) {
  return norm ? norm->forward(part) : part;
}

}  // namespace

Attention::Attention(const AttentionOptions& attention, const at::TensorOptions& options)
    : num_heads_(attention.num_heads) {
  const int64_t dim = attention.dim;
  if (num_heads_ < 1 || dim % num_heads_ != 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "attention: the width is not divisible by the number of heads",
                       .expected = "num_heads that divides " + std::to_string(dim),
                       .found = std::to_string(num_heads_)});
  }
  qkv_ = register_module("qkv", std::make_shared<Linear>(dim, 3 * dim, options));
  if (attention.qk_norm) {  // in timm's order: it is the order of the parameters
    const auto norm = [&](const char* name) {
      return register_module(name, make_norm(*attention.qk_norm, dim / num_heads_, Site::kQk,
                                             Layout::kChannelsLast, options));
    };
    q_norm_ = norm("q_norm");
    k_norm_ = norm("k_norm");
  }
  proj_ = register_module("proj", std::make_shared<Linear>(dim, dim, options));
}

Attention::Heads Attention::heads_of(const at::Tensor& tokens) const {
  const int64_t B = tokens.size(0), N = tokens.size(1), D = tokens.size(2);
  // unbind, not three selections: its gradient is one stack instead of three padded sums.
  const std::vector<at::Tensor> qkv =
      qkv_->forward(tokens).view({B, N, 3, num_heads_, D / num_heads_}).unbind(2);
  const auto heads_first = [&](int part) { return qkv[part].transpose(1, 2); };  // (B, h, N, D/h)
  return {normed(q_norm_, heads_first(0)), normed(k_norm_, heads_first(1)), heads_first(2)};
}

at::Tensor Attention::forward(const at::Tensor& tokens) const {
  const Heads in = heads_of(tokens);
  const at::Tensor heads = at::scaled_dot_product_attention(in.q, in.k, in.v);
  return proj_->forward(heads.transpose(1, 2).reshape(tokens.sizes()));
}

at::Tensor Attention::weights(const at::Tensor& tokens) const {
  const Heads in = heads_of(tokens);
  const double scale = 1 / std::sqrt(static_cast<double>(in.q.size(-1)));
  return at::matmul(in.q * scale, in.k.transpose(-2, -1)).softmax(-1);
}

}  // namespace dyt::nn
