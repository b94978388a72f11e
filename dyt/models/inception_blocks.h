// SPDX-License-Identifier: Apache-2.0
// The parts of Inception (inception.h): a convolution with its norm, and the five kinds of blocks.
#pragma once

#include <torch/nn/module.h>

#include <array>
#include <memory>

namespace dyt::models {

struct InceptionKernel {
  std::array<int64_t, 2> size = {1, 1};  // rows, columns
  int64_t stride = 1;
  std::array<int64_t, 2> padding = {0, 0};
};

// ReLU(BN(conv(x))): no bias, running statistics, eps 1e-3.
class InceptionUnit final : public torch::nn::Module {
 public:
  InceptionUnit(int64_t in, int64_t out, const InceptionKernel& kernel,
                const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& x) const;

 private:
  InceptionKernel kernel_;
  at::Tensor conv_, weight_, bias_, running_mean_, running_var_;
};

// Branches side by side, their outputs one after the other in the channels.
class InceptionBlock : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) const = 0;  // (B, C, H, W)
};

using InceptionBlockPtr = std::shared_ptr<InceptionBlock>;

// Mixed_5b, 5c, 5d: 1x1, 5x5, two 3x3, pool of `pool` channels; out 224 + pool.
InceptionBlockPtr make_mixed_5(int64_t in, int64_t pool, const at::TensorOptions& options);
// Mixed_6a: halves the image; out in + 480.
InceptionBlockPtr make_mixed_6a(int64_t in, const at::TensorOptions& options);
// Mixed_6b .. 6e: 1x1, 7x7 of `width` channels in two and in four parts, pool; 768 in and out. The
// first 192 channels are those of branch1x1.
InceptionBlockPtr make_mixed_6(int64_t width, const at::TensorOptions& options);
// Mixed_7a: halves the image; 768 -> 1280.
InceptionBlockPtr make_mixed_7a(const at::TensorOptions& options);
// Mixed_7b, 7c: out 2048.
InceptionBlockPtr make_mixed_7(int64_t in, bool max_pool, const at::TensorOptions& options);

}  // namespace dyt::models
