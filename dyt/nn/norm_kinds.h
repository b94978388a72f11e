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
