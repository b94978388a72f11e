// SPDX-License-Identifier: Apache-2.0
// The classes behind the rows of norm_table.cpp. Networks do not name them: they call make_norm.
#pragma once

#include "dyt/nn/norm.h"

namespace dyt::nn {

// The norms with statistics over the channels, by the kernels of dyt/kernels/norm.h or, with
// impl=torch, by LibTorch's own. layer_norm: Ba, Kiros, Hinton, "Layer Normalization", arXiv
// 1607.06450, biased variance. rms_norm: Zhang, Sennrich, "Root Mean Square Layer Normalization",
// arXiv 1910.07467.
class StatisticsNorm final : public Norm {
 public:
  explicit StatisticsNorm(const NormSetup& setup) : Norm(setup) {}

 protected:
  at::Tensor normalize(const at::Tensor& input) const override;
  NormSum add_normalize(const at::Tensor& input, const at::Tensor& residual) const override;

 private:
  at::Tensor over_last_dimension(const at::Tensor& input) const;
};

// Ioffe, Szegedy, "Batch Normalization", arXiv 1502.03167, with LibTorch's rules: in training the
// statistics of each channel over batch and tokens (or pixels), biased; the running ones, with the
// unbiased variance, go on by a tenth of the distance and serve in evaluation. Buffers, named as
// PyTorch's: running_mean (C), running_var (C), num_batches_tracked (int64). In training a channel
// needs two values: Error(kUsage).
class BatchNorm final : public Norm {
 public:
  explicit BatchNorm(const NormSetup& setup);

 protected:
  at::Tensor normalize(const at::Tensor& input) const override;

 private:
  at::Tensor running_mean_, running_var_, num_batches_tracked_;
};

// Wu, He, "Group Normalization", arXiv 1803.08494, on each token (or pixel) by itself: statistics
// over the channels of a group, biased variance. Error(kUsage) where the groups do not divide the
// channels.
class GroupNorm final : public Norm {
 public:
  explicit GroupNorm(const NormSetup& setup);

 protected:
  at::Tensor normalize(const at::Tensor& input) const override;
};

class NoNorm final : public Norm {
 public:
  explicit NoNorm(const NormSetup& setup) : Norm(setup) {}

 protected:
  at::Tensor normalize(const at::Tensor& input) const override { return input; }
};

// y = weight * f(alpha * x + shift) + bias: Zhu, Chen, He, LeCun, Liu, "Transformers without
// Normalization", arXiv 2503.10622 (tanh), and its relatives. f is the row's function.
class PointwiseNorm final : public Norm {
 public:
  explicit PointwiseNorm(const NormSetup& setup);

 protected:
  at::Tensor normalize(const at::Tensor& input) const override;
  NormSum add_normalize(const at::Tensor& input, const at::Tensor& residual) const override;

 private:
  int64_t channel_dim() const { return layout() == Layout::kChannelsLast ? -1 : 1; }

  std::string function_;
};

}  // namespace dyt::nn
