// One file for everything: whoever calls norm() pulls the registration out of the static library.
#include "dyt/ops/norm.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>

#include "dyt/core/error.h"
#include "dyt/kernels/norm.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops {
namespace {

using at::Tensor;
using internal::present;
using OptionalTensor = std::optional<Tensor>;
using Normalized = std::tuple<Tensor, Tensor, Tensor>;               // y, mean, rstd
using AddedNormalized = std::tuple<Tensor, Tensor, Tensor, Tensor>;  // y, sum, mean, rstd
using Gradients = std::tuple<Tensor, Tensor, Tensor>;                // x, weight, bias
using Mask = std::array<bool, 3>;

// ---- Checks, by shapes and types only ----

template <class... Parts>
std::string text_of(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

core::Error wrong(std::string what, std::string expected, std::string found) {
  return core::Error(core::ErrorKind::kUsage, {.what = "dyt::norm: " + std::move(what),
                                               .expected = std::move(expected),
                                               .found = std::move(found)});
}

kernels::NormKind kind_of(std::string_view kind) {
  if (kind != "layer_norm" && kind != "rms_norm") {
    throw wrong("kind", "layer_norm or rms_norm", std::string(kind));
  }
  return kind == "layer_norm" ? kernels::NormKind::kLayerNorm : kernels::NormKind::kRmsNorm;
}

void check_x(const Tensor& x) {
  const at::ScalarType type = x.scalar_type();
  if (type != at::kFloat && type != at::kDouble && type != at::kBFloat16 && type != at::kHalf) {
    throw wrong("type of x", "Float, Double, BFloat16 or Half", text_of(type));
  }
  if (x.dim() < 1) {
    throw wrong("shape of x", "at least one dimension", text_of(x.sym_sizes()));
  }
}

void check_parameter(const Tensor& x, const OptionalTensor& tensor, const char* name) {
  if (!present(tensor)) {
    return;
  }
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  if (tensor->scalar_type() != x.scalar_type() &&
      !(narrow && tensor->scalar_type() == at::kFloat)) {
    throw wrong(text_of("type of ", name),
                text_of(x.scalar_type(), " as x", narrow ? ", or Float" : ""),
                text_of(tensor->scalar_type()));
  }
  if (tensor->device() != x.device()) {
    throw wrong(text_of("device of ", name), text_of(x.device(), " as x"),
                text_of(tensor->device()));
  }
  if (tensor->dim() != 1 || tensor->sym_size(0) != x.sym_size(-1)) {
    throw wrong(text_of("shape of ", name), text_of("[", x.sym_size(-1), "], the last of x"),
                text_of(tensor->sym_sizes()));
  }
}

void check(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias) {
  check_x(x);
  check_parameter(x, weight, "weight");
  check_parameter(x, bias, "bias");
  if (present(weight) && present(bias) && weight->scalar_type() != bias->scalar_type()) {
    throw wrong("type of bias", text_of(weight->scalar_type(), " as weight"),
                text_of(bias->scalar_type()));
  }
}

void check_same(const Tensor& x, const Tensor& tensor, const char* name) {
  if (tensor.scalar_type() != x.scalar_type() || tensor.device() != x.device() ||
      tensor.sym_sizes() != x.sym_sizes()) {
    throw wrong(name, text_of("as x: ", x.scalar_type(), " ", x.sym_sizes()),
                text_of(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

// ---- CPU and Meta ----

Tensor like(const Tensor& x) { return at::empty_symint(x.sym_sizes(), x.options()); }

// One number for each row, in the arithmetic type.
Tensor statistic(const Tensor& x) {
  const auto sizes = x.sym_sizes();
  const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return at::empty_symint(sizes.slice(0, sizes.size() - 1), x.options().dtype(type));
}

std::optional<kernels::DType> parameter_type(const OptionalTensor& weight,
                                             const OptionalTensor& bias) {
  if (present(weight)) {
    return internal::dtype_of(*weight);
  }
  return present(bias) ? std::optional(internal::dtype_of(*bias)) : std::nullopt;
}

int64_t rows_of(const Tensor& x) { return c10::multiply_integers(x.sizes().slice(0, x.dim() - 1)); }

void run_forward(const Tensor& x, const OptionalTensor& residual, const OptionalTensor& weight,
                 const OptionalTensor& bias, std::string_view kind, double eps, const Tensor& y,
                 const Tensor& sum, const Tensor& mean, const Tensor& rstd) {
  const Tensor input = x.contiguous();
  const OptionalTensor added = internal::contiguous(residual);
  const OptionalTensor weights = internal::contiguous(weight), biases = internal::contiguous(bias);
  kernels::forward({.kind = kind_of(kind),
                    .dtype = internal::dtype_of(x),
                    .rows = rows_of(x),
                    .channels = x.size(-1),
                    .eps = eps,
                    .input = input.const_data_ptr(),
                    .weight = internal::data_of(weights),
                    .bias = internal::data_of(biases),
                    .parameter_dtype = parameter_type(weight, bias),
                    .output = y.mutable_data_ptr(),
                    .residual = internal::data_of(added),
                    .sum = internal::data_to(sum),
                    .mean = mean.mutable_data_ptr(),
                    .rstd = rstd.mutable_data_ptr()},
                   internal::at_parallel_for());
}

Normalized norm_meta(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                     std::string_view kind, double) {
  kind_of(kind);
  check(x, weight, bias);
  return {like(x), statistic(x), statistic(x)};
}

AddedNormalized norm_add_meta(const Tensor& x, const Tensor& residual, const OptionalTensor& weight,
                              const OptionalTensor& bias, std::string_view kind, double) {
  kind_of(kind);
  check(x, weight, bias);
  check_same(x, residual, "residual");
  return {like(x), like(x), statistic(x), statistic(x)};
}

Normalized norm_cpu(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view kind, double eps) {
  const Normalized found = norm_meta(x, weight, bias, kind, eps);
  const auto& [y, mean, rstd] = found;
  run_forward(x, {}, weight, bias, kind, eps, y, {}, mean, rstd);
  return found;
}

AddedNormalized norm_add_cpu(const Tensor& x, const Tensor& residual, const OptionalTensor& weight,
                             const OptionalTensor& bias, std::string_view kind, double eps) {
  const AddedNormalized found = norm_add_meta(x, residual, weight, bias, kind, eps);
  const auto& [y, sum, mean, rstd] = found;
  run_forward(x, residual, weight, bias, kind, eps, y, sum, mean, rstd);
  return found;
}

// Kernels take mean and rstd, and write gradients of the type of `parameter`, without looking.
void check_statistic(const Tensor& x, const Tensor& tensor, const char* name) {
  const auto sizes = x.sym_sizes().slice(0, x.dim() - 1);
  const at::ScalarType type = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  if (tensor.scalar_type() != type || tensor.device() != x.device() ||
      tensor.sym_sizes() != sizes) {
    throw wrong(name, text_of(type, " ", sizes, " on ", x.device()),
                text_of(tensor.scalar_type(), " ", tensor.sym_sizes()));
  }
}

void check_gradient_type(const Tensor& x, const OptionalTensor& weight, const Tensor& parameter) {
  const bool narrow = x.scalar_type() == at::kBFloat16 || x.scalar_type() == at::kHalf;
  const at::ScalarType type = parameter.scalar_type();
  const bool fits = present(weight) ? type == weight->scalar_type()
                                    : type == x.scalar_type() || (narrow && type == at::kFloat);
  if (!fits || parameter.device() != x.device()) {
    throw wrong("parameter", text_of("type of weight or x, on ", x.device()),
                text_of(type, " on ", parameter.device()));
  }
}

// Gradients of weight and bias have the parameters' type: that of `parameter`.
Gradients norm_backward_meta(const Tensor& grad_output, const Tensor& x,
                             const OptionalTensor& weight, const Tensor& mean, const Tensor& rstd,
                             const Tensor& parameter, std::string_view kind, Mask mask,
                             const OptionalTensor& grad_sum) {
  kind_of(kind);
  check(x, weight, {});
  check_same(x, grad_output, "grad_output");
  check_statistic(x, mean, "mean");
  check_statistic(x, rstd, "rstd");
  check_gradient_type(x, weight, parameter);
  if (present(grad_sum)) {
    check_same(x, *grad_sum, "grad_sum");
  }
  const auto per_channel = [&](bool wanted) {
    return wanted ? at::empty_symint({x.sym_size(-1)}, parameter.options()) : Tensor();
  };
  return {mask[0] ? like(x) : Tensor(), per_channel(mask[1]), per_channel(mask[2])};
}

Gradients norm_backward_cpu(const Tensor& grad_output, const Tensor& x,
                            const OptionalTensor& weight, const Tensor& mean, const Tensor& rstd,
                            const Tensor& parameter, std::string_view kind, Mask mask,
                            const OptionalTensor& grad_sum) {
  const Gradients gradients =
      norm_backward_meta(grad_output, x, weight, mean, rstd, parameter, kind, mask, grad_sum);
  const Tensor grad = grad_output.contiguous(), input = x.contiguous();
  const Tensor means = mean.contiguous(), rstds = rstd.contiguous();
  const OptionalTensor weights = internal::contiguous(weight);
  const OptionalTensor elsewhere = internal::contiguous(grad_sum);
  kernels::backward({.kind = kind_of(kind),
                     .dtype = internal::dtype_of(x),
                     .rows = rows_of(x),
                     .channels = x.size(-1),
                     .grad_output = grad.const_data_ptr(),
                     .input = input.const_data_ptr(),
                     .weight = internal::data_of(weights),
                     .parameter_dtype = internal::dtype_of(parameter),
                     .mean = means.const_data_ptr(),
                     .rstd = rstds.const_data_ptr(),
                     .grad_input = internal::data_to(std::get<0>(gradients)),
                     .grad_weight = internal::data_to(std::get<1>(gradients)),
                     .grad_bias = internal::data_to(std::get<2>(gradients)),
                     .grad_sum = internal::data_of(elsewhere)},
                    internal::at_parallel_for());
  return gradients;
}

// ---- Calls through the dispatcher ----

template <class Signature>
c10::TypedOperatorHandle<Signature> find(const char* name) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

Normalized call_norm(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias,
                     std::string_view kind, double eps) {
  static const auto handle =
      find<Normalized(const Tensor&, const OptionalTensor&, const OptionalTensor&, std::string_view,
                      double)>("dyt::norm");
  return handle.call(x, weight, bias, kind, eps);
}

AddedNormalized call_norm_add(const Tensor& x, const Tensor& residual, const OptionalTensor& weight,
                              const OptionalTensor& bias, std::string_view kind, double eps) {
  static const auto handle =
      find<AddedNormalized(const Tensor&, const Tensor&, const OptionalTensor&,
                           const OptionalTensor&, std::string_view, double)>("dyt::norm_add");
  return handle.call(x, residual, weight, bias, kind, eps);
}

Gradients call_norm_backward(const Tensor& grad_output, const Tensor& x,
                             const OptionalTensor& weight, const Tensor& mean, const Tensor& rstd,
                             const Tensor& parameter, std::string_view kind, Mask mask,
                             const OptionalTensor& grad_sum) {
  static const auto handle =
      find<Gradients(const Tensor&, const Tensor&, const OptionalTensor&, const Tensor&,
                     const Tensor&, const Tensor&, std::string_view, Mask, const OptionalTensor&)>(
          "dyt::norm_backward");
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
Gradients differentiate(AutogradContext* context, size_t addends, const Tensor& grad_y,
                        const Tensor& grad_sum) {
  const variable_list saved = context->get_saved_variables();
  const Tensor &x = saved[0], &weight = saved[1], &bias = saved[2];
  Mask mask{};
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

bool wants_gradient(std::initializer_list<OptionalTensor> tensors) {
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
  if (!wants_gradient({x, weight, bias})) {
    const BelowAutograd guard;
    return call_norm(x, weight, bias, kind, eps);
  }
  const variable_list found = NormFunction::apply(x, weight, bias, std::string(kind), eps);
  return {found[0], found[1], found[2]};
}

AddedNormalized norm_add_autograd(const Tensor& x, const Tensor& residual,
                                  const OptionalTensor& weight, const OptionalTensor& bias,
                                  std::string_view kind, double eps) {
  if (!wants_gradient({x, residual, weight, bias})) {
    const BelowAutograd guard;
    return call_norm_add(x, residual, weight, bias, kind, eps);
  }
  const variable_list found =
      NormAddFunction::apply(x, residual, weight, bias, std::string(kind), eps);
  return {found[0], found[1], found[2], found[3]};
}

Gradients norm_backward_autograd(const Tensor& grad_output, const Tensor& x,
                                 const OptionalTensor& weight, const Tensor& mean,
                                 const Tensor& rstd, const Tensor& parameter, std::string_view kind,
                                 Mask mask, const OptionalTensor& grad_sum) {
  if (wants_gradient({grad_output, x, weight, grad_sum})) {
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
  library.impl("norm", norm_cpu);
  library.impl("norm_add", norm_add_cpu);
  library.impl("norm_backward", norm_backward_cpu);
}

TORCH_LIBRARY_IMPL(dyt, Meta, library) {
  library.impl("norm", norm_meta);
  library.impl("norm_add", norm_add_meta);
  library.impl("norm_backward", norm_backward_meta);
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
