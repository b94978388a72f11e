// The classes behind the rows of norm_table.cpp. Networks do not name them: they call make_norm.
#pragma once

#include "dyt/nn/norm.h"

namespace dyt::nn {

// Ba, Kiros, Hinton, "Layer Normalization", arXiv 1607.06450; biased variance over the channels.
class LayerNorm final : public Norm {
 public:
  explicit LayerNorm(const NormSetup& setup) : Norm(setup) {}

 protected:
  at::Tensor normalize(const at::Tensor& input) const override;
};

// Zhang, Sennrich, "Root Mean Square Layer Normalization", arXiv 1910.07467.
class RmsNorm final : public Norm {
 public:
  explicit RmsNorm(const NormSetup& setup) : Norm(setup) {}

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

 private:
  std::string function_;
};

}  // namespace dyt::nn
