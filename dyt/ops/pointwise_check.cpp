// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/internal/pointwise_check.h"

#include <ATen/MemoryOverlap.h>
#include <ATen/ops/empty.h>

#include <span>
#include <sstream>
#include <string>

#include "dyt/core/error.h"
#include "dyt/core/lookup.h"

namespace dyt::ops::internal {
namespace {

using core::Error;
using core::ErrorKind;

template <class... Parts>
std::string text_of(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

Error wrong(std::string_view what, std::string expected, std::string found) {
  return Error(ErrorKind::kUsage, {.what = "dyt::pointwise: " + std::string(what),
                                   .expected = std::move(expected),
                                   .found = std::move(found)});
}

void check_x(const at::Tensor& x, int64_t channel_dim) {
  const at::ScalarType type = x.scalar_type();
  if (type != at::kFloat && type != at::kDouble && type != at::kBFloat16 && type != at::kHalf) {
    throw wrong("type of x", "Float, Double, BFloat16 or Half", text_of(type));
  }
  if (channel_dim < -x.dim() || channel_dim >= x.dim()) {
    throw wrong("channel_dim", text_of("a dimension of x ", x.sym_sizes()), text_of(channel_dim));
  }
}

void check_device(const at::Tensor& x, const at::Tensor& tensor, const char* name) {
  if (tensor.device() != x.device()) {
    throw wrong(text_of("device of ", name), text_of(x.device(), " as x"),
                text_of(tensor.device()));
  }
}

// The parameters' common type is alpha's: that of x, or float32 beside 16 bits.
void check_alpha_type(const at::Tensor& x, const at::Tensor& alpha) {
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  if (alpha.scalar_type() != x.scalar_type() && !(narrow && alpha.scalar_type() == at::kFloat)) {
    throw wrong("type of alpha", text_of(x.scalar_type(), " as x", narrow ? ", or Float" : ""),
                text_of(alpha.scalar_type()));
  }
}

void check_parameter(const PointwiseArguments& arguments, const at::Tensor& tensor,
                     const char* name) {
  if (tensor.scalar_type() != arguments.alpha.scalar_type()) {
    throw wrong(text_of("type of ", name), text_of(arguments.alpha.scalar_type(), " as alpha"),
                text_of(tensor.scalar_type()));
  }
  check_device(arguments.x, tensor, name);
}

void check_scalar(const PointwiseArguments& arguments, const at::Tensor& tensor, const char* name) {
  check_parameter(arguments, tensor, name);
  if (tensor.sym_numel() != 1) {
    throw wrong(text_of("shape of ", name), "[1]", text_of(tensor.sym_sizes()));
  }
}

void check_per_channel(const PointwiseArguments& arguments, const std::optional<at::Tensor>& tensor,
                       const char* name) {
  if (!present(tensor)) {
    return;
  }
  check_parameter(arguments, *tensor, name);
  const c10::SymInt channels = arguments.x.sym_size(arguments.channel_dim);
  if (tensor->dim() != 1 || tensor->sym_size(0) != channels) {
    throw wrong(text_of("shape of ", name),
                text_of("[", channels, "], dimension ", arguments.channel_dim, " of x ",
                        arguments.x.sym_sizes()),
                text_of(tensor->sym_sizes()));
  }
}

}  // namespace

const kernels::FunctionRow& check_arguments(const PointwiseArguments& arguments) {
  const std::span<const kernels::FunctionRow> rows(kernels::kFunctions);
  const kernels::FunctionRow& row = core::find_row(rows, arguments.function, "point-wise function");
  check_x(arguments.x, arguments.channel_dim);
  check_alpha_type(arguments.x, arguments.alpha);
  check_scalar(arguments, arguments.alpha, "alpha");
  if (present(arguments.shift)) {
    check_scalar(arguments, *arguments.shift, "shift");
  }
  check_per_channel(arguments, arguments.weight, "weight");
  return row;
}

void check_bias(const PointwiseArguments& arguments, const std::optional<at::Tensor>& bias) {
  check_per_channel(arguments, bias, "bias");
}

void check_same(const PointwiseArguments& arguments, const at::Tensor& tensor, const char* name) {
  const at::Tensor& x = arguments.x;
  if (tensor.scalar_type() != x.scalar_type()) {
    throw wrong(text_of("type of ", name), text_of(x.scalar_type(), " as x"),
                text_of(tensor.scalar_type()));
  }
  check_device(x, tensor, name);
  if (tensor.sym_sizes() != x.sym_sizes()) {
    throw wrong(text_of("shape of ", name), text_of(x.sym_sizes(), " as x"),
                text_of(tensor.sym_sizes()));
  }
}

void check_apart(const at::Tensor& x, const at::Tensor& residual) {
  const at::MemOverlapStatus overlap = at::get_overlap_status(x, residual);
  const bool apart = overlap == at::MemOverlapStatus::No ||
                     (overlap == at::MemOverlapStatus::TooHard && !x.is_alias_of(residual));
  if (!apart) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::pointwise_add_: x and residual share memory",
                       .expected = "two tensors apart: y goes into the one, the sum into the other",
                       .todo = "use dyt::pointwise_add"});
  }
}

Gradients empty_gradients(const PointwiseArguments& arguments, const Mask& mask) {
  if ((mask[2] && !present(arguments.shift)) || (mask[3] && !present(arguments.weight))) {
    throw Error(ErrorKind::kUsage,
                {.what = "dyt::pointwise_backward: gradient of an absent shift or weight"});
  }
  const auto like = [&](bool wanted, const std::optional<at::Tensor>& tensor) {
    return wanted ? at::empty_symint(tensor->sym_sizes(), tensor->options()) : at::Tensor();
  };
  at::Tensor grad_bias;
  if (mask[4]) {
    const c10::SymInt channels = arguments.x.sym_size(arguments.channel_dim);
    grad_bias = at::empty_symint({channels}, arguments.alpha.options());
  }
  return {like(mask[0], arguments.x), like(mask[1], arguments.alpha),
          like(mask[2], arguments.shift), like(mask[3], arguments.weight), grad_bias};
}

void check_gradients(const PointwiseArguments& arguments, const at::Tensor& grad_output,
                     const std::optional<at::Tensor>& grad_sum) {
  check_same(arguments, grad_output, "grad_output");
  if (present(grad_sum)) {
    check_same(arguments, *grad_sum, "grad_sum");
  }
}

int64_t channel_dim_of(const PointwiseArguments& arguments) {
  return arguments.channel_dim < 0 ? arguments.channel_dim + arguments.x.dim()
                                   : arguments.channel_dim;
}

}  // namespace dyt::ops::internal
