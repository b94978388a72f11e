// SPDX-License-Identifier: Apache-2.0
// The parts of Dit (dit.h) and their names; networks are built of them there alone.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "dyt/models/dit.h"
#include "dyt/nn/attention.h"
#include "dyt/nn/block.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/mlp.h"
#include "dyt/nn/norm.h"

namespace dyt::models {

// A module for its children's names alone.
class DitGroup final : public torch::nn::Module {};

// Linear(D, D) of SiLU of Linear(256, D) of [cos(t f) | sin(t f)], f_k = 10000^(-k/128), k = 0 ..
// 127; the waves rounded to float32 on the way, as upstream, then in the parameters' type. The same
// bits on every processor.
class DitTimestepEmbedding final : public torch::nn::Module {
 public:
  DitTimestepEmbedding(int64_t dim, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& timesteps) const;  // (B) -> (B, D)

 private:
  std::shared_ptr<nn::Linear> hidden_, output_;
};

// A row of the table for each class and one more for "no class".
class DitLabelEmbedding final : public torch::nn::Module {
 public:
  DitLabelEmbedding(int64_t num_classes, int64_t dim, const at::TensorOptions& options);
  at::Tensor forward(const at::Tensor& labels) const;  // (B) int64 -> (B, D)

 private:
  at::Tensor table_;
};

// `parts` vectors for each sample from its condition, each (B, 1, D).
class DitModulation final : public torch::nn::Module {
 public:
  DitModulation(int64_t dim, int64_t parts, const at::TensorOptions& options);
  std::vector<at::Tensor> forward(const at::Tensor& condition) const;  // SiLU(c), (B, D)

 private:
  int64_t parts_;
  std::shared_ptr<nn::Linear> linear_;
};

//   x <- x + gate1 * attn(norm1(x) * (1 + scale1) + shift1)
//   x <- x + gate2 * mlp(norm2(x) * (1 + scale2) + shift2)
class DitBlock final : public torch::nn::Module {
 public:
  DitBlock(const DitConfig& config, const nn::NormSpec& norm, const at::TensorOptions& options);
  nn::Stream forward(const nn::Stream& stream, const at::Tensor& condition) const;  // (B, T, D)

 private:
  std::shared_ptr<nn::Norm> norm1_, norm2_;
  std::shared_ptr<nn::Attention> attn_;
  std::shared_ptr<nn::Mlp> mlp_;
  std::shared_ptr<DitModulation> modulation_;
};

// linear(norm_final(x) * (1 + scale) + shift)
class DitFinalLayer final : public torch::nn::Module {
 public:
  DitFinalLayer(const DitConfig& config, const nn::NormSpec& norm,
                const at::TensorOptions& options);
  // (B, T, D) -> (B, T, p*p*out_channels)
  at::Tensor forward(const nn::Stream& stream, const at::Tensor& condition) const;

 private:
  std::shared_ptr<nn::Norm> norm_;
  std::shared_ptr<nn::Linear> linear_;
  std::shared_ptr<DitModulation> modulation_;
};

}  // namespace dyt::models
