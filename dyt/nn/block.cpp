// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/block.h"

#include "dyt/nn/fold.h"

namespace dyt::nn {
namespace {

at::Tensor scaled(const std::shared_ptr<LayerScale>& scale, const at::Tensor& branch) {
  return scale ? scale->forward(branch) : branch;
}

}  // namespace

Block::Block(const BlockOptions& block, const at::TensorOptions& options) {
  const auto norm = [&](const char* name, Site site) {
    return register_module(name,
                           make_norm(block.norm, block.dim, site, Layout::kChannelsLast, options));
  };
  const auto layer_scale = [&](const char* name) -> std::shared_ptr<LayerScale> {
    if (block.init_values == 0) {
      return nullptr;
    }
    return register_module(name,
                           std::make_shared<LayerScale>(block.dim, block.init_values, options));
  };
  // In timm's order: it is the order of the parameters.
  norm1_ = norm("norm1", Site::kAttention);
  const AttentionOptions attention{
      .dim = block.dim,
      .num_heads = block.num_heads,
      .qk_norm = block.qk_norm ? std::optional(block.norm) : std::nullopt};
  attn_ = register_module("attn", std::make_shared<Attention>(attention, options));
  ls1_ = layer_scale("ls1");
  drop_path1_ = register_module("drop_path1", std::make_shared<DropPath>(block.drop_path));
  norm2_ = norm("norm2", Site::kFfn);
  mlp_ = register_module("mlp", std::make_shared<Mlp>(block.dim, block.hidden_dim, options));
  ls2_ = layer_scale("ls2");
  drop_path2_ = register_module("drop_path2", std::make_shared<DropPath>(block.drop_path));
}

Stream Block::forward(const Stream& stream) {
  const NormSum first = norm1_->forward_add(stream.branch, stream.residual);
  const at::Tensor attended = drop_path1_->forward(scaled(ls1_, attn_->forward(first.y)));
  const NormSum second = norm2_->forward_add(attended, first.sum);
  return {drop_path2_->forward(scaled(ls2_, mlp_->forward(second.y))), second.sum};
}

at::Tensor Block::attention(const Stream& stream) const {
  return attn_->weights(norm1_->forward_add(stream.branch, stream.residual).y);
}

void Block::fold() {
  nn::fold(*norm1_, {&attn_->input_layer()});
  nn::fold(*norm2_, {&mlp_->input_layer()});
  norm1_->set_in_place(true);
  norm2_->set_in_place(true);
}

}  // namespace dyt::nn
