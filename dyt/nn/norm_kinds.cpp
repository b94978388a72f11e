#include "dyt/nn/norm_kinds.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rms_norm.h>

#include "dyt/nn/norm_table.h"
#include "dyt/ops/pointwise.h"

namespace dyt::nn {
namespace {

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt;
}

// LibTorch's norms take the channels last.
template <class LastAxisNorm>
at::Tensor over_channels(Layout layout, const at::Tensor& input, const LastAxisNorm& norm) {
  if (layout == Layout::kChannelsLast) {
    return norm(input);
  }
  return norm(input.movedim(1, -1)).movedim(-1, 1);
}

}  // namespace

at::Tensor LayerNorm::normalize(const at::Tensor& input) const {
  return over_channels(layout(), input, [this](const at::Tensor& x) {
    return at::layer_norm(x, {channels()}, if_defined(weight()), if_defined(bias()), spec().eps);
  });
}

at::Tensor RmsNorm::normalize(const at::Tensor& input) const {
  return over_channels(layout(), input, [this](const at::Tensor& x) {
    return at::rms_norm(x, {channels()}, if_defined(weight()), spec().eps);
  });
}

PointwiseNorm::PointwiseNorm(const NormSetup& setup) : Norm(setup), function_(setup.row.function) {}

at::Tensor PointwiseNorm::normalize(const at::Tensor& input) const {
  const int64_t channel_dim = layout() == Layout::kChannelsLast ? -1 : 1;
  return ops::pointwise(input, alpha(), if_defined(shift()), if_defined(weight()),
                        if_defined(bias()), function_, channel_dim);
}

}  // namespace dyt::nn
