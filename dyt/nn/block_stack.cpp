// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/block_stack.h"

namespace dyt::nn {

BlockStack::BlockStack(BlockOptions block, int64_t depth, const at::TensorOptions& options) {
  for (const double rate : drop_path_rates(block.drop_path, depth)) {
    block.drop_path = rate;
    blocks_.push_back(
        register_module(std::to_string(blocks_.size()), std::make_shared<Block>(block, options)));
  }
}

Stream BlockStack::forward(Stream stream) {
  for (const auto& block : blocks_) {
    stream = block->forward(stream);
  }
  return stream;
}

at::Tensor BlockStack::last_attention(Stream stream) {
  for (size_t i = 0; i + 1 < blocks_.size(); ++i) {
    stream = blocks_[i]->forward(stream);
  }
  return blocks_.back()->attention(stream);
}

void BlockStack::fold() {
  for (const auto& block : blocks_) {
    block->fold();
  }
}

}  // namespace dyt::nn
