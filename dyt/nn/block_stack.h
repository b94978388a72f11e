// SPDX-License-Identifier: Apache-2.0
// The blocks of a Transformer, one after the other, their names their numbers from 0:
//
//   auto blocks = std::make_shared<BlockStack>(options, /*depth=*/12);
//   model.register_module("blocks", blocks);   // blocks.0.norm1 ... blocks.11.mlp.fc2
//   Stream stream = blocks->forward({.branch = tokens});
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "dyt/nn/block.h"

namespace dyt::nn {

class BlockStack final : public torch::nn::Module {
 public:
  // Every block is made of `block`, but that drop_path is the last one's rate and rises to it from
  // 0 in equal steps.
  BlockStack(BlockOptions block, int64_t depth, const at::TensorOptions& options = {});

  Stream forward(Stream stream);  // both parts (B, N, D)

  // What the last `count` blocks give, the last one last, each handed to `take` before the next
  // block runs: a folded block overwrites its argument.
  template <class Take>
  void forward_last(Stream stream, size_t count, const Take& take) {
    for (size_t i = 0; i < blocks_.size(); ++i) {
      stream = blocks_[i]->forward(stream);
      if (i + count >= blocks_.size()) {
        take(stream);
      }
    }
  }

  // The weights of the last block's attention, (B, h, N, N).
  at::Tensor last_attention(Stream stream);

  void fold();  // every block, see block.h

  size_t size() const { return blocks_.size(); }

 private:
  std::vector<std::shared_ptr<Block>> blocks_;
};

}  // namespace dyt::nn
