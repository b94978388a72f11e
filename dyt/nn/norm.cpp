// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm.h"

#include <ATen/ops/empty.h>

#include <limits>
#include <utility>

#include "dyt/core/error.h"
#include "dyt/nn/norm_table.h"

namespace dyt::nn {

Norm::Norm(const NormSetup& setup)
    : spec_(setup.spec), channels_(setup.channels), site_(setup.site), layout_(setup.layout) {
  const NormRow& row = setup.row;
  spec_.kind = row.name;
  const auto parameter = [&](const char* name, int64_t length) {
    return register_parameter(name, at::empty({length}, setup.options));
  };
  if (!row.function.empty()) {
    alpha_ = parameter("alpha", 1);
  }
  if (row.weight && spec_.weight) {
    weight_ = parameter("weight", channels_);
  }
  if (row.bias && spec_.bias) {
    bias_ = parameter("bias", channels_);
  }
  if (!row.function.empty() && spec_.shift.value_or(row.shift)) {
    shift_ = parameter("shift", 1);
  }
  reset();
}

void Norm::reset() {
  const auto fill = [](const at::Tensor& tensor, double value) {
    if (tensor.defined()) {
      tensor.detach().fill_(value);
    }
  };
  constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();
  fill(alpha_, alpha0_at(spec_, channels_, site_).value_or(kNotMeasured));
  fill(weight_, 1);
  fill(bias_, 0);
  fill(shift_, spec_.shift0);
}

Affine Norm::take_affine() {
  const auto take = [this](const char* name, at::Tensor& tensor) {
    if (tensor.defined()) {
      parameters_.erase(name);
    }
    return std::exchange(tensor, at::Tensor());
  };
  spec_.weight = spec_.bias = false;
  return {take("weight", weight_), take("bias", bias_)};
}

bool Norm::measures_alpha() const {
  return alpha_.defined() && !alpha0_at(spec_, channels_, site_).has_value();
}

void Norm::see(const at::Tensor& input) {
  if (awaiting_) {
    measure_alpha(input);
  }
  if (observer_) {
    observer_(*this, input);
  }
}

at::Tensor Norm::forward(const at::Tensor& input) {
  see(input);
  return normalize(input);
}

NormSum Norm::forward_add(const at::Tensor& input, const at::Tensor& residual) {
  if (!residual.defined()) {
    return {forward(input), input};
  }
  if (awaiting_ || observer_) {  // who looks at the sum needs it before the output
    const at::Tensor sum = input + residual;
    return {forward(sum), sum};
  }
  return add_normalize(input, residual);
}

NormSum Norm::add_normalize(const at::Tensor& input, const at::Tensor& residual) const {
  const at::Tensor sum = input + residual;
  return {normalize(sum), sum};
}

std::shared_ptr<Norm> make_norm(const NormSpec& spec, int64_t channels, Site site, Layout layout,
                                const at::TensorOptions& options) {
  if (channels < 1) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "a norm slot needs at least one channel",
                                                   .found = std::to_string(channels)});
  }
  const NormRow& row = norm_row(spec.kind);
  return row.make({.spec = spec,
                   .row = row,
                   .channels = channels,
                   .site = site,
                   .layout = layout,
                   .options = options});
}

}  // namespace dyt::nn
