#include "dyt/ops/internal/pointwise_check.h"

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
  if (x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble) {
    throw wrong("type of x", "Float or Double", text_of(x.scalar_type()));
  }
  if (channel_dim < -x.dim() || channel_dim >= x.dim()) {
    throw wrong("channel_dim", text_of("a dimension of x ", x.sym_sizes()), text_of(channel_dim));
  }
}

void check_like_x(const at::Tensor& x, const at::Tensor& tensor, const char* name) {
  if (tensor.scalar_type() != x.scalar_type()) {
    throw wrong(text_of("type of ", name), text_of(x.scalar_type(), " as x"),
                text_of(tensor.scalar_type()));
  }
  if (tensor.device() != x.device()) {
    throw wrong(text_of("device of ", name), text_of(x.device(), " as x"),
                text_of(tensor.device()));
  }
}

void check_scalar(const at::Tensor& x, const at::Tensor& tensor, const char* name) {
  check_like_x(x, tensor, name);
  if (tensor.sym_numel() != 1) {
    throw wrong(text_of("shape of ", name), "[1]", text_of(tensor.sym_sizes()));
  }
}

void check_per_channel(const PointwiseArguments& arguments, const std::optional<at::Tensor>& tensor,
                       const char* name) {
  if (!present(tensor)) {
    return;
  }
  check_like_x(arguments.x, *tensor, name);
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
  check_scalar(arguments.x, arguments.alpha, "alpha");
  if (present(arguments.shift)) {
    check_scalar(arguments.x, *arguments.shift, "shift");
  }
  check_per_channel(arguments, arguments.weight, "weight");
  return row;
}

void check_bias(const PointwiseArguments& arguments, const std::optional<at::Tensor>& bias) {
  check_per_channel(arguments, bias, "bias");
}

void check_grad_output(const PointwiseArguments& arguments, const at::Tensor& grad_output) {
  check_like_x(arguments.x, grad_output, "grad_output");
  if (grad_output.sym_sizes() != arguments.x.sym_sizes()) {
    throw wrong("shape of grad_output", text_of(arguments.x.sym_sizes(), " as x"),
                text_of(grad_output.sym_sizes()));
  }
}

int64_t channel_dim_of(const PointwiseArguments& arguments) {
  return arguments.channel_dim < 0 ? arguments.channel_dim + arguments.x.dim()
                                   : arguments.channel_dim;
}

}  // namespace dyt::ops::internal
