// SPDX-License-Identifier: Apache-2.0
// One file for the public functions, the schemas and the kernels for CPU and Meta: whoever calls
// pointwise() pulls the registration out of the static library with it.
#include "dyt/ops/pointwise.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <string>

#include "dyt/ops/internal/cpu_solver.h"
#include "dyt/ops/internal/pointwise_autograd.h"
#include "dyt/ops/internal/pointwise_backend.h"
#include "dyt/ops/internal/pointwise_check.h"
#include "dyt/ops/internal/pointwise_double_backward.h"

namespace dyt::ops {
namespace {

using at::Tensor;
using internal::Gradients;
using internal::Mask;
using internal::OptionalTensor;
using internal::PointwiseArguments;

// ---- ADInplaceOrView: versions, also where autograd is off (inference mode) ----

using BelowVersions = at::AutoDispatchBelowADInplaceOrView;

void out_version(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                 const OptionalTensor& weight, const OptionalTensor& bias,
                 std::string_view function, int64_t channel_dim, bool exact, Tensor& out) {
  {
    const BelowVersions guard;
    internal::call_out(x, alpha, shift, weight, bias, function, channel_dim, exact, out);
  }
  out.unsafeGetTensorImpl()->bump_version();
}

void add_in_place_version(Tensor& x, Tensor& residual, const Tensor& alpha,
                          const OptionalTensor& shift, const OptionalTensor& weight,
                          const OptionalTensor& bias, std::string_view function,
                          int64_t channel_dim, bool exact) {
  {
    const BelowVersions guard;
    internal::call_add_in_place(x, residual, alpha, shift, weight, bias, function, channel_dim,
                                exact);
  }
  x.unsafeGetTensorImpl()->bump_version();
  residual.unsafeGetTensorImpl()->bump_version();
}

void in_place_version(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                      const OptionalTensor& weight, const OptionalTensor& bias,
                      std::string_view function, int64_t channel_dim, bool exact) {
  {
    const BelowVersions guard;
    internal::call_in_place(x, alpha, shift, weight, bias, function, channel_dim, exact);
  }
  x.unsafeGetTensorImpl()->bump_version();
}

// ---- Meta: shapes only ----

Tensor meta_like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options()); }

Tensor forward_meta(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                    const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view function, int64_t channel_dim, bool) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_bias(arguments, bias);
  return meta_like(x);
}

std::tuple<Tensor, Tensor> add_meta(const Tensor& x, const Tensor& residual, const Tensor& alpha,
                                    const OptionalTensor& shift, const OptionalTensor& weight,
                                    const OptionalTensor& bias, std::string_view function,
                                    int64_t channel_dim, bool exact) {
  internal::check_same({x, alpha, shift, weight, function, channel_dim}, residual, "residual");
  return {forward_meta(x, alpha, shift, weight, bias, function, channel_dim, exact), meta_like(x)};
}

void add_in_place_meta(Tensor& x, Tensor& residual, const Tensor& alpha,
                       const OptionalTensor& shift, const OptionalTensor& weight,
                       const OptionalTensor& bias, std::string_view function, int64_t channel_dim,
                       bool exact) {
  add_meta(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

void out_meta(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
              const OptionalTensor& weight, const OptionalTensor& bias, std::string_view function,
              int64_t channel_dim, bool exact, Tensor& out) {
  forward_meta(x, alpha, shift, weight, bias, function, channel_dim, exact);
  internal::check_same({x, alpha, shift, weight, function, channel_dim}, out, "out");
}

void in_place_meta(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  out_meta(x, alpha, shift, weight, bias, function, channel_dim, exact, x);
}

Gradients backward_meta(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        std::string_view function, int64_t channel_dim, Mask mask,
                        const OptionalTensor& grad_sum, bool) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_gradients(arguments, grad_output, grad_sum);
  return internal::empty_gradients(arguments, mask);
}

// ---- Registration ----

TORCH_LIBRARY(dyt, library) {
  const std::string parameters =
      "Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str function, int "
      "channel_dim=-1, bool exact=False";
  const std::string differentiated =
      "Tensor grad_output, Tensor x, Tensor alpha, Tensor? shift, Tensor? weight, str function, "
      "int channel_dim";
  const std::string five = "(Tensor, Tensor, Tensor, Tensor, Tensor)";
  const auto define = [&library](const std::string& schema) { library.def(schema.c_str()); };
  define("pointwise(Tensor x, " + parameters + ") -> Tensor");
  // Without a result: the compiler takes no custom operator whose result is its argument.
  define("pointwise_(Tensor(a!) x, " + parameters + ") -> ()");
  define("pointwise.out(Tensor x, " + parameters + ", *, Tensor(a!) out) -> ()");
  define("pointwise_add(Tensor x, Tensor residual, " + parameters + ") -> (Tensor, Tensor)");
  define("pointwise_add_(Tensor(a!) x, Tensor(b!) residual, " + parameters + ") -> ()");
  define("pointwise_backward(" + differentiated +
         ", bool[5] mask, Tensor? grad_sum=None, bool exact=False) -> " + five);
  define(
      "pointwise_double_backward(Tensor? tangent_x, Tensor? tangent_alpha, Tensor? tangent_shift, "
      "Tensor? tangent_weight, Tensor? tangent_bias, " +
      differentiated + ") -> " + five);
}

TORCH_LIBRARY_IMPL(dyt, CPU, library) {
  internal::PointwiseBackend<internal::CpuSolver>::implement(library);
  library.impl("pointwise_double_backward", internal::double_backward_cpu);
}

TORCH_LIBRARY_IMPL(dyt, Meta, library) {
  library.impl("pointwise", forward_meta);
  library.impl("pointwise_", in_place_meta);
  library.impl("pointwise.out", out_meta);
  library.impl("pointwise_add", add_meta);
  library.impl("pointwise_add_", add_in_place_meta);
  library.impl("pointwise_backward", backward_meta);
  library.impl("pointwise_double_backward", internal::double_backward_meta);
}

TORCH_LIBRARY_IMPL(dyt, ADInplaceOrView, library) {
  library.impl("pointwise_", in_place_version);
  library.impl("pointwise_add_", add_in_place_version);
  library.impl("pointwise.out", out_version);
}

TORCH_LIBRARY_IMPL(dyt, Autograd, library) {
  library.impl("pointwise", internal::forward_autograd);
  library.impl("pointwise_", internal::in_place_autograd);
  library.impl("pointwise.out", internal::out_autograd);
  library.impl("pointwise_add", internal::add_autograd);
  library.impl("pointwise_add_", internal::add_in_place_autograd);
  library.impl("pointwise_backward", internal::backward_autograd);
  library.impl("pointwise_double_backward", internal::double_backward_autograd);
}

// Nothing for autocast: unregistered keys fall through, so x keeps its type and nothing is widened.

}  // namespace

Tensor pointwise(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                 const OptionalTensor& weight, const OptionalTensor& bias,
                 std::string_view function, int64_t channel_dim, bool exact) {
  return internal::call_forward(x, alpha, shift, weight, bias, function, channel_dim, exact);
}

std::tuple<Tensor, Tensor> pointwise_add(const Tensor& x, const Tensor& residual,
                                         const Tensor& alpha, const OptionalTensor& shift,
                                         const OptionalTensor& weight, const OptionalTensor& bias,
                                         std::string_view function, int64_t channel_dim,
                                         bool exact) {
  return internal::call_add(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

Tensor& pointwise_(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  internal::call_in_place(x, alpha, shift, weight, bias, function, channel_dim, exact);
  return x;
}

void pointwise_add_(Tensor& x, Tensor& residual, const Tensor& alpha, const OptionalTensor& shift,
                    const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view function, int64_t channel_dim, bool exact) {
  internal::call_add_in_place(x, residual, alpha, shift, weight, bias, function, channel_dim,
                              exact);
}

}  // namespace dyt::ops
