#include "dyt/nn/norm_kinds.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rms_norm.h>

#include "dyt/nn/norm_table.h"
#include "dyt/ops/norm.h"
#include "dyt/ops/pointwise.h"

namespace dyt::nn {
namespace {

std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt;
}

// Expanded tensors and views of one memory cannot; nor can what a gradient needs.
bool may_be_overwritten(const at::Tensor& input, const at::Tensor& residual) {
  return !c10::GradMode::is_enabled() && input.is_contiguous() && residual.is_contiguous() &&
         !input.is_alias_of(residual);
}

}  // namespace

at::Tensor StatisticsNorm::over_last_dimension(const at::Tensor& input) const {
  if (spec().impl != "torch") {
    return ops::norm(input, if_defined(weight()), if_defined(bias()), kind(), spec().eps);
  }
  if (kind() == "rms_norm") {
    return at::rms_norm(input, {channels()}, if_defined(weight()), spec().eps);
  }
  return at::layer_norm(input, {channels()}, if_defined(weight()), if_defined(bias()), spec().eps);
}

at::Tensor StatisticsNorm::normalize(const at::Tensor& input) const {
  if (layout() == Layout::kChannelsLast) {
    return over_last_dimension(input);
  }
  return over_last_dimension(input.movedim(1, -1)).movedim(-1, 1);
}

NormSum StatisticsNorm::add_normalize(const at::Tensor& input, const at::Tensor& residual) const {
  if (spec().impl == "torch" || layout() != Layout::kChannelsLast) {
    return Norm::add_normalize(input, residual);
  }
  const auto [y, sum] =
      ops::norm_add(input, residual, if_defined(weight()), if_defined(bias()), kind(), spec().eps);
  return {y, sum};
}

PointwiseNorm::PointwiseNorm(const NormSetup& setup) : Norm(setup), function_(setup.row.function) {}

at::Tensor PointwiseNorm::normalize(const at::Tensor& input) const {
  return ops::pointwise(input, alpha(), if_defined(shift()), if_defined(weight()),
                        if_defined(bias()), function_, channel_dim());
}

NormSum PointwiseNorm::add_normalize(const at::Tensor& input, const at::Tensor& residual) const {
  if (in_place() && may_be_overwritten(input, residual)) {
    at::Tensor y = input, sum = residual;
    ops::pointwise_add_(y, sum, alpha(), if_defined(shift()), if_defined(weight()),
                        if_defined(bias()), function_, channel_dim());
    return {y, sum};
  }
  const auto [y, sum] =
      ops::pointwise_add(input, residual, alpha(), if_defined(shift()), if_defined(weight()),
                         if_defined(bias()), function_, channel_dim());
  return {y, sum};
}

}  // namespace dyt::nn
