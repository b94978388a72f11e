// One file for the public function, the registration and the backends' kernels: whoever calls
// pointwise() pulls the registration out of the static library with it.
#include "dyt/ops/pointwise.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <array>
#include <string>
#include <tuple>

#include "dyt/core/error.h"
#include "dyt/kernels/pointwise.h"
#include "dyt/ops/internal/pointwise_check.h"

namespace dyt::ops {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;
using internal::PointwiseArguments;
using internal::present;

// x, alpha, shift, weight, bias: the order of the gradients and of their mask.
using Gradients = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>;
using Mask = std::array<bool, 5>;

using Forward = Tensor(const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                       const OptionalTensor&, std::string_view, int64_t);
using Backward = Gradients(const Tensor&, const Tensor&, const Tensor&, const OptionalTensor&,
                           const OptionalTensor&, std::string_view, int64_t, Mask);

const c10::TypedOperatorHandle<Forward>& forward_operator() {
  static const auto handle =
      c10::Dispatcher::singleton().findSchemaOrThrow("dyt::pointwise", "").typed<Forward>();
  return handle;
}

const c10::TypedOperatorHandle<Backward>& backward_operator() {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("dyt::pointwise_backward", "")
                                 .typed<Backward>();
  return handle;
}

// ---- CPU ----

OptionalTensor contiguous(const OptionalTensor& tensor) {
  return present(tensor) ? OptionalTensor(tensor->contiguous()) : std::nullopt;
}

const void* data_of(const OptionalTensor& tensor) {
  return present(tensor) ? tensor->const_data_ptr() : nullptr;
}

kernels::DType dtype_of(const Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels::DType::kFloat32 : kernels::DType::kFloat64;
}

kernels::Shape shape_of(const PointwiseArguments& arguments) {
  const int64_t channel_dim = internal::channel_dim_of(arguments);
  const at::IntArrayRef sizes = arguments.x.sizes();
  return {.outer = c10::multiply_integers(sizes.slice(0, channel_dim)),
          .channels = sizes[channel_dim],
          .inner = c10::multiply_integers(sizes.slice(channel_dim + 1))};
}

Tensor forward_cpu(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  const kernels::FunctionRow& row = internal::check_arguments(arguments);
  internal::check_bias(arguments, bias);
  const Tensor input = x.contiguous();
  const OptionalTensor weights = contiguous(weight);
  const OptionalTensor biases = contiguous(bias);
  Tensor output = at::empty(x.sizes(), x.options());
  kernels::forward({.function = row.function,
                    .dtype = dtype_of(x),
                    .shape = shape_of(arguments),
                    .input = input.const_data_ptr(),
                    .parameters = {.alpha = alpha.const_data_ptr(),
                                   .shift = data_of(shift),
                                   .weight = data_of(weights),
                                   .bias = data_of(biases)},
                    .output = output.mutable_data_ptr()});
  return output;
}

// Empty tensors for the wanted gradients, undefined ones for the rest.
Gradients empty_gradients(const PointwiseArguments& arguments, const Mask& mask) {
  if ((mask[2] && !present(arguments.shift)) || (mask[3] && !present(arguments.weight))) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::pointwise_backward: gradient of an absent shift or weight"});
  }
  const auto like = [&](bool wanted, const OptionalTensor& tensor) {
    return wanted ? at::empty_symint(tensor->sym_sizes(), arguments.x.options()) : Tensor();
  };
  Tensor grad_bias;
  if (mask[4]) {
    const c10::SymInt channels = arguments.x.sym_size(arguments.channel_dim);
    grad_bias = at::empty_symint({channels}, arguments.x.options());
  }
  return {like(mask[0], arguments.x), like(mask[1], arguments.alpha),
          like(mask[2], arguments.shift), like(mask[3], arguments.weight), grad_bias};
}

Gradients backward_cpu(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                       const OptionalTensor& shift, const OptionalTensor& weight,
                       std::string_view function, int64_t channel_dim, Mask mask) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  const kernels::FunctionRow& row = internal::check_arguments(arguments);
  internal::check_grad_output(arguments, grad_output);
  const Tensor grad = grad_output.contiguous();
  const Tensor input = x.contiguous();
  const OptionalTensor weights = contiguous(weight);
  Gradients gradients = empty_gradients(arguments, mask);
  const auto data = [](const Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr() : nullptr;
  };
  kernels::backward({.function = row.function,
                     .dtype = dtype_of(x),
                     .shape = shape_of(arguments),
                     .grad_output = grad.const_data_ptr(),
                     .input = input.const_data_ptr(),
                     .parameters = {.alpha = alpha.const_data_ptr(),
                                    .shift = data_of(shift),
                                    .weight = data_of(weights)},
                     .grad_input = data(std::get<0>(gradients)),
                     .grad_alpha = data(std::get<1>(gradients)),
                     .grad_shift = data(std::get<2>(gradients)),
                     .grad_weight = data(std::get<3>(gradients)),
                     .grad_bias = data(std::get<4>(gradients))});
  return gradients;
}

// ---- Meta: shapes only ----

Tensor forward_meta(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                    const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view function, int64_t channel_dim) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_bias(arguments, bias);
  return at::empty_symint(x.sym_sizes(), x.options());
}

Gradients backward_meta(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        std::string_view function, int64_t channel_dim, Mask mask) {
  const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
  internal::check_arguments(arguments);
  internal::check_grad_output(arguments, grad_output);
  return empty_gradients(arguments, mask);
}

// ---- Autograd ----

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct PointwiseFunction : torch::autograd::Function<PointwiseFunction> {
  static constexpr bool is_traceable = true;

  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        const OptionalTensor& bias, const std::string& function,
                        int64_t channel_dim) {
    // f is computed again from x in backward: y cannot give it back (zero weight, saturation).
    context->save_for_backward({x, alpha, shift.value_or(Tensor()), weight.value_or(Tensor())});
    context->saved_data["has_bias"] = present(bias);
    context->saved_data["function"] = function;
    context->saved_data["channel_dim"] = channel_dim;
    const at::AutoDispatchBelowADInplaceOrView guard;
    return forward_operator().call(x, alpha, shift, weight, bias, function, channel_dim);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grad_outputs) {
    const variable_list saved = context->get_saved_variables();
    const std::array<bool, 5> given{true, true, saved[2].defined(), saved[3].defined(),
                                    context->saved_data["has_bias"].toBool()};
    Mask mask{};
    size_t edge = 0;  // edges count the tensors that were given
    for (size_t n = 0; n < given.size(); ++n) {
      mask[n] = given[n] && context->needs_input_grad(edge++);
    }
    auto [x, alpha, shift, weight, bias] =
        backward_operator().call(grad_outputs[0], saved[0], saved[1], saved[2], saved[3],
                                 context->saved_data["function"].toStringRef(),
                                 context->saved_data["channel_dim"].toInt(), mask);
    return {x, alpha, shift, weight, bias, Tensor(), Tensor()};
  }
};

Tensor forward_autograd(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                        const OptionalTensor& weight, const OptionalTensor& bias,
                        std::string_view function, int64_t channel_dim) {
  return PointwiseFunction::apply(x, alpha, shift, weight, bias, std::string(function),
                                  channel_dim);
}

// The wanted gradients as results of a step that refuses to be differentiated.
struct PointwiseBackwardFunction : torch::autograd::Function<PointwiseBackwardFunction> {
  static variable_list forward(AutogradContext*, const Tensor& grad_output, const Tensor& x,
                               const Tensor& alpha, const OptionalTensor& shift,
                               const OptionalTensor& weight, const std::string& function,
                               int64_t channel_dim, const Mask& mask) {
    const at::AutoDispatchBelowADInplaceOrView guard;
    const auto gradients =
        backward_operator().call(grad_output, x, alpha, shift, weight, function, channel_dim, mask);
    variable_list wanted;  // autograd takes no undefined tensor as a result
    const auto add = [&](const Tensor& gradient) {
      if (gradient.defined()) {
        wanted.push_back(gradient);
      }
    };
    std::apply([&](const auto&... gradient) { (add(gradient), ...); }, gradients);
    return wanted;
  }

  static variable_list backward(AutogradContext*, const variable_list&) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "dyt::pointwise has no second derivative",
                       .todo = "write the function with LibTorch's own operators, for instance "
                               "weight * tanh(alpha * x) + bias, where you need double backward"});
  }
};

Gradients backward_autograd(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                            const OptionalTensor& shift, const OptionalTensor& weight,
                            std::string_view function, int64_t channel_dim, Mask mask) {
  const variable_list wanted = PointwiseBackwardFunction::apply(
      grad_output, x, alpha, shift, weight, std::string(function), channel_dim, mask);
  std::array<Tensor, 5> gradients;
  size_t next = 0;
  for (size_t n = 0; n < gradients.size(); ++n) {
    gradients[n] = mask[n] ? wanted[next++] : Tensor();
  }
  return std::tuple_cat(gradients);
}

TORCH_LIBRARY(dyt, library) {
  library.def(
      "pointwise(Tensor x, Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str "
      "function, "
      "int channel_dim=-1) -> Tensor");
  library.def(
      "pointwise_backward(Tensor grad_output, Tensor x, Tensor alpha, Tensor? shift, "
      "Tensor? weight, str function, int channel_dim, bool[5] mask) "
      "-> (Tensor, Tensor, Tensor, Tensor, Tensor)");
}

TORCH_LIBRARY_IMPL(dyt, CPU, library) {
  library.impl("pointwise", forward_cpu);
  library.impl("pointwise_backward", backward_cpu);
}

TORCH_LIBRARY_IMPL(dyt, Meta, library) {
  library.impl("pointwise", forward_meta);
  library.impl("pointwise_backward", backward_meta);
}

TORCH_LIBRARY_IMPL(dyt, Autograd, library) {
  library.impl("pointwise", forward_autograd);
  library.impl("pointwise_backward", backward_autograd);
}

// Nothing for autocast: unregistered keys fall through, so x keeps its type and nothing is widened.

}  // namespace

Tensor pointwise(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                 const OptionalTensor& weight, const OptionalTensor& bias,
                 std::string_view function, int64_t channel_dim) {
  return forward_operator().call(x, alpha, shift, weight, bias, function, channel_dim);
}

}  // namespace dyt::ops
