// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm_kinds.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/zeros.h>

#include <numeric>

#include "dyt/core/error.h"
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

BatchNorm::BatchNorm(const NormSetup& setup)
    : Norm(setup),
      running_mean_(register_buffer("running_mean", at::zeros({setup.channels}, setup.options))),
      running_var_(register_buffer("running_var", at::ones({setup.channels}, setup.options))),
      num_batches_tracked_(
          register_buffer("num_batches_tracked", at::zeros({}, setup.options.dtype(at::kLong)))) {}

at::Tensor BatchNorm::normalize(const at::Tensor& input) const {
  constexpr double kMomentum = 0.1;
  const bool first = layout() == Layout::kChannelsFirst;
  const at::Tensor rows = first ? input : input.reshape({-1, channels()});
  if (is_training()) {
    if (rows.numel() <= channels()) {
      throw core::Error(core::ErrorKind::kUsage,
                        {.what = "batch norm in training needs more than one value of a channel",
                         .expected = "a batch of at least two",
                         .found = std::to_string(rows.numel() / channels()),
                         .todo = "take larger batches, or another norm slot"});
    }
    num_batches_tracked_.add_(1);
  }
  const at::Tensor y =
      at::batch_norm(rows, if_defined(weight()), if_defined(bias()), running_mean_, running_var_,
                     is_training(), kMomentum, spec().eps, /*cudnn_enabled=*/true);
  return first ? y : y.view(input.sizes());
}

GroupNorm::GroupNorm(const NormSetup& setup) : Norm(setup) {
  const int64_t groups = setup.spec.groups;
  if (setup.channels % groups != 0) {
    const std::string fitting =
        "group_norm_per_token:groups=" + std::to_string(std::gcd(setup.channels, groups));
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "the groups of the norm slot group_norm_per_token do not divide its channels",
         .where = "slot " + norm_spec_text(setup.spec) + " of the site " + site_name(setup.site),
         .expected = "a number of groups that divides " + std::to_string(setup.channels),
         .found = std::to_string(groups) + (groups == NormSpec().groups ? ", the default" : ""),
         .todo = "write model.norm=" + fitting + ", in a comparison slots=" + fitting +
                 " (one number for all slots of the network)"});
  }
}

at::Tensor GroupNorm::normalize(const at::Tensor& input) const {
  const bool first = layout() == Layout::kChannelsFirst;
  const at::Tensor tokens = first ? input.movedim(1, -1) : input;  // (..., C)
  const int64_t width = channels() / spec().groups;
  at::Tensor y =
      at::layer_norm(tokens.unflatten(-1, {spec().groups, width}), {width}, {}, {}, spec().eps)
          .flatten(-2);
  y = weight().defined() ? y * weight() : y;
  y = bias().defined() ? y + bias() : y;
  return first ? y.movedim(-1, 1) : y;
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
