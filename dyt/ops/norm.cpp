// SPDX-License-Identifier: Apache-2.0
// One file for the public functions, the schemas and autograd: whoever calls norm() pulls the
// registration out of the static library.
#include "dyt/ops/norm.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <string>

#include "dyt/core/error.h"
#include "dyt/ops/internal/cpu_solver.h"
#include "dyt/ops/internal/norm_backend.h"

namespace dyt::ops {
namespace {

using at::Tensor;
using internal::present;
using OptionalTensor = std::optional<Tensor>;
using internal::AddedNormalized;
using internal::Normalized;
using internal::NormGradients;
using internal::NormMask;

// ---- Calls through the dispatcher ----

template <class Signature>
c10::TypedOperatorHandle<Signature> find_norm_kind(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

Normalized call_norm(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                     std::string_view kind, double eps) {
  static const auto handle =
      find_norm_kind<Normalized(const Tensor&, const OptionalTensor&, const OptionalTensor&,
                                std::string_view, double)>("dyt::norm");
  return handle.call(x, weight, bias, kind, eps);
}

AddedNormalized call_norm_add(const Tensor& x, const Tensor& residual, const OptionalTensor& weight,
                              const OptionalTensor& bias, std::string_view kind, double eps) {
  static const auto handle =
      find_norm_kind<AddedNormalized(const Tensor&, const Tensor&, const OptionalTensor&,
                                     const OptionalTensor&, std::string_view, double)>(
          "dyt::norm_add");
  return handle.call(x, residual, weight, bias, kind, eps);
}

NormGradients call_norm_backward(const Tensor& grad_output, const Tensor& x,
                                 const OptionalTensor& weight, const Tensor& mean,
                                 const Tensor& rstd, const Tensor& parameter, std::string_view kind,
                                 NormMask mask, const OptionalTensor& grad_sum) {
  static const auto handle = find_norm_kind<NormGradients(
      const Tensor&, const Tensor&, const OptionalTensor&, const Tensor&, const Tensor&,
      const Tensor&, std::string_view, NormMask, const OptionalTensor&)>("dyt::norm_backward");
  return handle.call(grad_output, x, weight, mean, rstd, parameter, kind, mask, grad_sum);
}

// ---- Autograd ----

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using BelowAutograd = at::AutoDispatchBelowADInplaceOrView;

void save(AutogradContext* context, const Tensor& x, const OptionalTensor& weight,
          const OptionalTensor& bias, const Tensor& mean, const Tensor& rstd,
          const std::string& kind) {
  context->save_for_backward({x, weight.value_or(Tensor()), bias.value_or(Tensor()), mean, rstd});
  context->set_materialize_grads(false);
  context->saved_data["kind"] = kind;
}

// `addends`: 1 for x, 2 for x and residual, which come before weight and bias.
NormGradients differentiate(AutogradContext* context, size_t addends, const Tensor& grad_y,
                            const Tensor& grad_sum) {
  const variable_list saved = context->get_saved_variables();
  const Tensor &x = saved[0], &weight = saved[1], &bias = saved[2];
  NormMask mask{};
  size_t edge = 0;
  for (; edge < addends; ++edge) {
    mask[0] = mask[0] || context->needs_input_grad(edge);
  }
  mask[1] = weight.defined() && context->needs_input_grad(edge++);
  mask[2] = bias.defined() && context->needs_input_grad(edge++);
  const Tensor& parameter = weight.defined() ? weight : bias.defined() ? bias : x;
  return call_norm_backward(grad_y.defined() ? grad_y : at::zeros_like(x), x,
                            weight.defined() ? OptionalTensor(weight) : std::nullopt, saved[3],
                            saved[4], parameter, context->saved_data["kind"].toStringRef(), mask,
                            grad_sum.defined() ? OptionalTensor(grad_sum) : std::nullopt);
}

// mean and rstd are results so that backward needs not form them again; no gradient flows through.
struct NormFunction : torch::autograd::Function<NormFunction> {
  static constexpr bool is_traceable = true;

  static variable_list forward(AutogradContext* context, const Tensor& x,
                               const OptionalTensor& weight, const OptionalTensor& bias,
                               const std::string& kind, double eps) {
    const BelowAutograd guard;
    const auto [y, mean, rstd] = call_norm(x, weight, bias, kind, eps);
    save(context, x, weight, bias, mean, rstd, kind);
    context->mark_non_differentiable({mean, rstd});
    return {y, mean, rstd};
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto [x, weight, bias] = differentiate(context, 1, grads[0], {});
    return {x, weight, bias, Tensor(), Tensor()};
  }
};

struct NormAddFunction : torch::autograd::Function<NormAddFunction> {
  static constexpr bool is_traceable = true;

  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& residual,
                               const OptionalTensor& weight, const OptionalTensor& bias,
                               const std::string& kind, double eps) {
    const BelowAutograd guard;
    const auto [y, sum, mean, rstd] = call_norm_add(x, residual, weight, bias, kind, eps);
    save(context, sum, weight, bias, mean, rstd, kind);
    context->mark_non_differentiable({mean, rstd});
    return {y, sum, mean, rstd};
  }

  static variable_list backward(AutogradContext* context, const variable_list& grads) {
    const auto [x, weight, bias] = differentiate(context, 2, grads[0], grads[1]);
    return {x, x, weight, bias, Tensor(), Tensor()};
  }
};

bool norm_wants_gradient(std::initializer_list<OptionalTensor> tensors) {
  if (internal::has_tangent(tensors)) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::norm has no forward-mode derivative",
                       .todo = "take the derivative backwards, or take LibTorch's norm: impl=torch "
                               "in the norm slot"});
  }
  return c10::GradMode::is_enabled() &&
         std::any_of(tensors.begin(), tensors.end(), [](const OptionalTensor& tensor) {
           return present(tensor) && tensor->requires_grad();
         });
}

Normalized norm_autograd(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                         std::string_view kind, double eps) {
  if (!norm_wants_gradient({x, weight, bias})) {
    const BelowAutograd guard;
    return call_norm(x, weight, bias, kind, eps);
  }
  const variable_list found = NormFunction::apply(x, weight, bias, std::string(kind), eps);
  return {found[0], found[1], found[2]};
}

AddedNormalized norm_add_autograd(const Tensor& x, const Tensor& residual,
                                  const OptionalTensor& weight, const OptionalTensor& bias,
                                  std::string_view kind, double eps) {
  if (!norm_wants_gradient({x, residual, weight, bias})) {
    const BelowAutograd guard;
    return call_norm_add(x, residual, weight, bias, kind, eps);
  }
  const variable_list found =
      NormAddFunction::apply(x, residual, weight, bias, std::string(kind), eps);
  return {found[0], found[1], found[2], found[3]};
}

NormGradients norm_backward_autograd(const Tensor& grad_output, const Tensor& x,
                                     const OptionalTensor& weight, const Tensor& mean,
                                     const Tensor& rstd, const Tensor& parameter,
                                     std::string_view kind, NormMask mask,
                                     const OptionalTensor& grad_sum) {
  if (norm_wants_gradient({grad_output, x, weight, grad_sum})) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::norm has no second derivative",
                       .todo = "ask for the first without create_graph, or take LibTorch's norm: "
                               "impl=torch in the norm slot"});
  }
  const BelowAutograd guard;
  return call_norm_backward(grad_output, x, weight, mean, rstd, parameter, kind, mask, grad_sum);
}

// ---- Registration ----

TORCH_LIBRARY_FRAGMENT(dyt, library) {
  library.def(
      "norm(Tensor x, Tensor? weight, Tensor? bias, str kind, float eps) -> (Tensor, Tensor, "
      "Tensor)");
  library.def(
      "norm_add(Tensor x, Tensor residual, Tensor? weight, Tensor? bias, str kind, float eps) "
      "-> (Tensor, Tensor, Tensor, Tensor)");
  library.def(
      "norm_backward(Tensor grad_output, Tensor x, Tensor? weight, Tensor mean, Tensor rstd, "
      "Tensor parameter, str kind, bool[3] mask, Tensor? grad_sum=None) -> (Tensor, Tensor, "
      "Tensor)");
}

TORCH_LIBRARY_IMPL(dyt, CPU, library) {
  internal::NormBackend<internal::CpuSolver>::implement(library);
}

TORCH_LIBRARY_IMPL(dyt, Meta, library) {
  library.impl("norm", internal::norm_meta);
  library.impl("norm_add", internal::norm_add_meta);
  library.impl("norm_backward", internal::norm_backward_meta);
}

TORCH_LIBRARY_IMPL(dyt, Autograd, library) {
  library.impl("norm", norm_autograd);
  library.impl("norm_add", norm_add_autograd);
  library.impl("norm_backward", norm_backward_autograd);
}

}  // namespace

Tensor norm(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
            std::string_view kind, double eps) {
  return std::get<0>(call_norm(x, weight, bias, kind, eps));
}

std::tuple<Tensor, Tensor> norm_add(const Tensor& x, const Tensor& residual,
                                    const OptionalTensor& weight, const OptionalTensor& bias,
                                    std::string_view kind, double eps) {
  const auto [y, sum, mean, rstd] = call_norm_add(x, residual, weight, bias, kind, eps);
  return {y, sum};
}

}  // namespace dyt::ops
