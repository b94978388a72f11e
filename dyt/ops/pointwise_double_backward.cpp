// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/internal/pointwise_double_backward.h"

#include <ATen/ATen.h>

#include <sstream>
#include <string>

#include "dyt/core/error.h"
#include "dyt/kernels/reference.h"
#include "dyt/ops/internal/pointwise_check.h"

namespace dyt::ops::internal {
namespace {

using at::Tensor;

// f, f' or f'' of each element of u: contiguous, float32 or float64.
struct Derivatives {
  Tensor value, slope, curvature;
};

Derivatives derivatives_of(kernels::Function function, const Tensor& u) {
  const Derivatives found{at::empty_like(u), at::empty_like(u), at::empty_like(u)};
  const Tensor one = at::ones({1}, u.options()), ones = at::ones_like(u);
  const kernels::DType dtype = dtype_of(u);
  const kernels::Shape shape{.outer = u.numel(), .channels = 1};
  kernels::forward_reference({.function = function,
                              .dtype = dtype,
                              .shape = shape,
                              .input = u.const_data_ptr(),
                              .parameters = {.alpha = one.const_data_ptr()},
                              .output = data_to(found.value)});
  kernels::backward_reference({.function = function,
                               .dtype = dtype,
                               .shape = shape,
                               .grad_output = ones.const_data_ptr(),
                               .input = u.const_data_ptr(),
                               .parameters = {.alpha = one.const_data_ptr()},
                               .grad_input = data_to(found.slope)});
  kernels::curvature_reference(function, dtype, u.numel(), u.const_data_ptr(),
                               data_to(found.curvature));
  return found;
}

// What backward and its tangents hold, in the arithmetic type, per-channel numbers shaped to lie
// beside x.
struct Widened {
  Widened(const Tensor& x, int64_t channel_dim)
      : type(x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat),
        beside(static_cast<size_t>(x.dim()), 1) {
    beside[static_cast<size_t>(channel_dim < 0 ? channel_dim + x.dim() : channel_dim)] = -1;
  }
  Tensor operator()(const Tensor& tensor) const { return tensor.to(type); }
  Tensor per_channel(const OptionalTensor& tensor, double absent, const Tensor& like) const {
    return present(tensor) ? tensor->to(type).view(beside)
                           : at::full({}, absent, like.options().dtype(type));
  }
  at::ScalarType type;
  std::vector<int64_t> beside;
};

// A tangent has the type, device and shape of its tensor.
void check_tangent(const OptionalTensor& tangent, const Tensor& like, c10::SymIntArrayRef sizes,
                   const char* name) {
  if (!present(tangent) || (tangent->scalar_type() == like.scalar_type() &&
                            tangent->device() == like.device() && tangent->sym_sizes() == sizes)) {
    return;
  }
  std::ostringstream expected, found;
  expected << like.scalar_type() << " " << sizes << " on " << like.device();
  found << tangent->scalar_type() << " " << tangent->sym_sizes() << " on " << tangent->device();
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = std::string("dyt::pointwise_double_backward: ") + name,
                     .expected = expected.str(),
                     .found = found.str()});
}

// The arguments are checked.
void check_tangents(const PointwiseArguments& arguments, const OptionalTensor& tangent_x,
                    const OptionalTensor& tangent_alpha, const OptionalTensor& tangent_shift,
                    const OptionalTensor& tangent_weight, const OptionalTensor& tangent_bias) {
  const Tensor &x = arguments.x, &alpha = arguments.alpha;
  const c10::SymInt channels = x.sym_size(arguments.channel_dim);
  check_tangent(tangent_x, x, x.sym_sizes(), "tangent_x");
  check_tangent(tangent_alpha, alpha, alpha.sym_sizes(), "tangent_alpha");
  check_tangent(tangent_shift, alpha,
                present(arguments.shift) ? arguments.shift->sym_sizes() : alpha.sym_sizes(),
                "tangent_shift");
  check_tangent(tangent_weight, alpha, {channels}, "tangent_weight");
  check_tangent(tangent_bias, alpha, {channels}, "tangent_bias");
}

Tensor or_zero(const Widened& wide, const OptionalTensor& tensor, const Tensor& like) {
  return present(tensor) ? wide(*tensor) : at::zeros({}, like.options().dtype(wide.type));
}

// One number without dimensions: with more of them than x it would give x's gradient its own shape.
Tensor number(const Widened& wide, const OptionalTensor& tensor, const Tensor& like) {
  return or_zero(wide, tensor, like).reshape({});
}

}  // namespace

// With g = grad_output, q = alpha * v_x + x * v_alpha + v_shift and the tangents v:
// the sum is sum g * (weight * f' * q + f * v_weight + v_bias), to be differentiated.
Gradients double_backward_cpu(const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
                              const OptionalTensor& tangent_shift,
                              const OptionalTensor& tangent_weight,
                              const OptionalTensor& tangent_bias, const Tensor& grad_output,
                              const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                              const OptionalTensor& weight, std::string_view function,
                              int64_t channel_dim) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  const kernels::FunctionRow& row = check_arguments(arguments);
  check_same(arguments, grad_output, "grad_output");
  check_tangents(arguments, tangent_x, tangent_alpha, tangent_shift, tangent_weight, tangent_bias);
  const Widened wide(x, channel_dim);
  const Tensor z = wide(x), g = wide(grad_output), a = number(wide, alpha, x);
  const Tensor u = (present(shift) ? a * z + number(wide, shift, x) : a * z).contiguous();
  const auto [f, slope, curvature] = derivatives_of(row.function, u);
  const Tensor w = wide.per_channel(weight, 1, x);
  const Tensor v_weight = wide.per_channel(tangent_weight, 0, x);
  const Tensor v_x = or_zero(wide, tangent_x, x), v_alpha = number(wide, tangent_alpha, x);
  const Tensor q = a * v_x + z * v_alpha + number(wide, tangent_shift, x);
  // d/du, q aside.
  const Tensor by_u = g * (w * curvature * q + v_weight * slope);
  const Tensor k = g * w * slope;
  const Tensor grad_output_gradient =
      w * slope * q + f * v_weight + wide.per_channel(tangent_bias, 0, x);
  const auto type = alpha.scalar_type();
  const auto over_channels = [&](const Tensor& tensor) {
    std::vector<int64_t> others;
    for (int64_t n = 0; n < x.dim(); ++n) {
      if (n != channel_dim_of(arguments)) {
        others.push_back(n);
      }
    }
    return others.empty() ? tensor : tensor.sum(others);
  };
  return {grad_output_gradient.expand_as(x).to(x.scalar_type()).contiguous(),
          (by_u * a + k * v_alpha).to(x.scalar_type()),
          (by_u * z + k * v_x).sum().view_as(alpha).to(type),
          present(shift) ? by_u.sum().view_as(*shift).to(type) : Tensor(),
          present(weight) ? over_channels(g * slope * q).to(type) : Tensor()};
}

Gradients double_backward_meta(const OptionalTensor& tangent_x, const OptionalTensor& tangent_alpha,
                               const OptionalTensor& tangent_shift,
                               const OptionalTensor& tangent_weight,
                               const OptionalTensor& tangent_bias, const Tensor& grad_output,
                               const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                               const OptionalTensor& weight, std::string_view function,
                               int64_t channel_dim) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  check_arguments(arguments);
  check_same(arguments, grad_output, "grad_output");
  check_tangents(arguments, tangent_x, tangent_alpha, tangent_shift, tangent_weight, tangent_bias);
  const auto like = [](const Tensor& tensor) {
    return at::empty_symint(tensor.sym_sizes(), tensor.options());
  };
  return {like(x), like(x), like(alpha), present(shift) ? like(*shift) : Tensor(),
          present(weight) ? like(*weight) : Tensor()};
}

}  // namespace dyt::ops::internal
