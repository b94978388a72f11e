#include "dyt/nn/attention.h"

#include <ATen/ops/scaled_dot_product_attention.h>

#include "dyt/core/error.h"

namespace dyt::nn {

Attention::Attention(int64_t dim, int64_t num_heads, const at::TensorOptions& options)
    : num_heads_(num_heads) {
  if (num_heads < 1 || dim % num_heads != 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "attention: the width is not divisible by the number of heads",
                       .expected = "num_heads that divides " + std::to_string(dim),
                       .found = std::to_string(num_heads)});
  }
  qkv_ = register_module("qkv", std::make_shared<Linear>(dim, 3 * dim, options));
  proj_ = register_module("proj", std::make_shared<Linear>(dim, dim, options));
}

at::Tensor Attention::forward(const at::Tensor& tokens) const {
  const int64_t B = tokens.size(0), N = tokens.size(1), D = tokens.size(2);
  // unbind, not three selections: its gradient is one stack instead of three padded sums.
  const std::vector<at::Tensor> qkv =
      qkv_->forward(tokens).view({B, N, 3, num_heads_, D / num_heads_}).unbind(2);
  const auto heads_first = [&](int part) { return qkv[part].transpose(1, 2); };  // (B, h, N, D/h)
  const at::Tensor heads =
      at::scaled_dot_product_attention(heads_first(0), heads_first(1), heads_first(2));
  return proj_->forward(heads.transpose(1, 2).reshape({B, N, D}));
}

}  // namespace dyt::nn
