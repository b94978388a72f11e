// SPDX-License-Identifier: Apache-2.0
// A pre-norm Transformer block, its names those of timm's ViT:
//
//   x <- x + drop_path1(ls1(attn(norm1(x))))
//   x <- x + drop_path2(ls2(mlp(norm2(x))))
//
// Blocks hand each other the sum x in two parts, so that the addition belongs to the norm slot that
// comes next, across the borders of blocks too, and a fused kernel can do both in one pass.
#pragma once

#include <torch/nn/module.h>

#include <memory>

#include "dyt/nn/attention.h"
#include "dyt/nn/drop_path.h"
#include "dyt/nn/layer_scale.h"
#include "dyt/nn/mlp.h"
#include "dyt/nn/norm.h"

namespace dyt::nn {

// The residual stream is branch + residual; an undefined residual adds nothing.
struct Stream {
  at::Tensor branch;
  at::Tensor residual;
};

struct BlockOptions {
  int64_t dim = 0;
  int64_t num_heads = 1;
  int64_t hidden_dim = 0;
  NormSpec norm;
  bool qk_norm = false;    // the same slot on queries and keys too
  double init_values = 0;  // of the layer scale; 0: none
  double drop_path = 0;
};

class Block final : public torch::nn::Module {
 public:
  explicit Block(const BlockOptions& block, const at::TensorOptions& options = {});

  Stream forward(const Stream& stream);  // both parts (B, N, D)

  // The attention's weights, as forward() has them: (B, h, N, N).
  at::Tensor attention(const Stream& stream) const;

  // For inference: weight and bias of norm1 and norm2 go into the layers that follow, and where no
  // gradient is wanted forward writes into its own argument. The slots on queries and keys stay:
  // the product that reads them has no matrix.
  void fold();

 private:
  std::shared_ptr<Norm> norm1_, norm2_;
  std::shared_ptr<Attention> attn_;
  std::shared_ptr<Mlp> mlp_;
  std::shared_ptr<LayerScale> ls1_, ls2_;  // null without layer scale
  std::shared_ptr<DropPath> drop_path1_, drop_path2_;
};

}  // namespace dyt::nn
