// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/internal/pointwise_autograd.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <string>

#include "dyt/core/error.h"
#include "dyt/kernels/functions.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops::internal {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using BelowAutograd = at::AutoDispatchBelowADInplaceOrView;

core::Error refusal(std::string what, std::string todo) {
  return core::Error(core::ErrorKind::kUsage, {.what = std::move(what), .todo = std::move(todo)});
}

OptionalTensor given(const Tensor& tensor) {
  return tensor.defined() ? OptionalTensor(tensor) : std::nullopt;
}

// What backward needs besides tensors, as the one saved number: every entry of saved_data costs
// more than a small kernel.
struct Settings {
  std::string_view function;
  int64_t channel_dim;
  bool has_bias, exact;

  void save(AutogradContext* context) const {
    context->saved_data["settings"] =
        (channel_dim * kRowCount + row_of(function)) * 4 + has_bias * 2 + exact;
  }
  static Settings of(AutogradContext* context) {
    const int64_t saved = context->saved_data["settings"].toInt();
    const int64_t rest = saved >> 2;  // rounds down, as the modulus below
    const int64_t row = ((rest % kRowCount) + kRowCount) % kRowCount;
    return {kernels::kFunctions[row].name, (rest - row) / kRowCount, (saved & 2) != 0,
            (saved & 1) != 0};
  }

 private:
  static constexpr int64_t kRowCount = std::size(kernels::kFunctions);
  // An unknown name is left to the operator's own check.
  static int64_t row_of(std::string_view function) {
    const auto* row = std::ranges::find(kernels::kFunctions, function, &kernels::FunctionRow::name);
    return row == std::end(kernels::kFunctions) ? 0 : row - std::begin(kernels::kFunctions);
  }
};

// Which gradients are wanted. needs_input_grad counts the tensors that were given; `first` tensors
// come before alpha, and one of them is enough to want grad_input.
Mask wanted(const AutogradContext* context, size_t first, const std::array<bool, 5>& given) {
  Mask mask{};
  size_t edge = 0;
  for (; edge < first; ++edge) {
    mask[0] = mask[0] || context->needs_input_grad(edge);
  }
  for (size_t n = 1; n < given.size(); ++n) {
    mask[n] = given[n] && context->needs_input_grad(edge++);
  }
  return mask;
}

// f is computed again from x in backward: y cannot give it back (zero weight, saturation).
struct ForwardFunction : torch::autograd::Function<ForwardFunction> {
  static constexpr bool is_traceable = true;

  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        const OptionalTensor& bias, const std::string& function,
                        int64_t channel_dim, bool exact) {
    context->save_for_backward({x, alpha, shift.value_or(Tensor()), weight.value_or(Tensor())});
    Settings{function, channel_dim, present(bias), exact}.save(context);
    const BelowAutograd guard;
    return call_forward(x, alpha, shift, weight, bias, function, channel_dim, exact);
  }

  static variable_list backward(AutogradContext* context, const variable_list& grad_outputs) {
    const variable_list saved = context->get_saved_variables();
    const Settings settings = Settings::of(context);
    const Mask mask =
        wanted(context, 1, {true, true, saved[2].defined(), saved[3].defined(), settings.has_bias});
    auto [x, alpha, shift, weight, bias] =
        call_backward(grad_outputs[0], saved[0], saved[1], given(saved[2]), given(saved[3]),
                      settings.function, settings.channel_dim, mask, {}, settings.exact);
    return {x, alpha, shift, weight, bias, Tensor(), Tensor(), Tensor()};
  }
};

struct AddFunction : torch::autograd::Function<AddFunction> {
  static constexpr bool is_traceable = true;

  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& residual,
                               const Tensor& alpha, const OptionalTensor& shift,
                               const OptionalTensor& weight, const OptionalTensor& bias,
                               const std::string& function, int64_t channel_dim, bool exact) {
    const BelowAutograd guard;
    auto [y, sum] = call_add(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
    context->save_for_backward({sum, alpha, shift.value_or(Tensor()), weight.value_or(Tensor())});
    context->set_materialize_grads(false);
    Settings{function, channel_dim, present(bias), exact}.save(context);
    return {y, sum};
  }

  static variable_list backward(AutogradContext* context, const variable_list& grad_outputs) {
    const variable_list saved = context->get_saved_variables();
    const Settings settings = Settings::of(context);
    const Mask mask =
        wanted(context, 2, {true, true, saved[2].defined(), saved[3].defined(), settings.has_bias});
    const Tensor grad = grad_outputs[0].defined() ? grad_outputs[0] : at::zeros_like(saved[0]);
    auto [x, alpha, shift, weight, bias] =
        call_backward(grad, saved[0], saved[1], given(saved[2]), given(saved[3]), settings.function,
                      settings.channel_dim, mask, given(grad_outputs[1]), settings.exact);
    return {x, x, alpha, shift, weight, bias, Tensor(), Tensor(), Tensor()};
  }
};

// The wanted gradients, themselves differentiable.
struct BackwardFunction : torch::autograd::Function<BackwardFunction> {
  static constexpr bool is_traceable = true;

  static variable_list forward(AutogradContext* context, const Tensor& grad_output, const Tensor& x,
                               const Tensor& alpha, const OptionalTensor& shift,
                               const OptionalTensor& weight, const OptionalTensor& grad_sum,
                               const std::string& function, int64_t channel_dim, const Mask& mask,
                               bool exact) {
    context->save_for_backward(
        {grad_output, x, alpha, shift.value_or(Tensor()), weight.value_or(Tensor())});
    context->set_materialize_grads(false);
    context->saved_data["function"] = function;
    context->saved_data["channel_dim"] = channel_dim;
    int64_t bits = 0;
    for (size_t n = 0; n < mask.size(); ++n) {
      bits |= int64_t{mask[n]} << n;
    }
    context->saved_data["mask"] = bits;
    context->saved_data["has_grad_sum"] = present(grad_sum);
    const BelowAutograd guard;
    const Gradients gradients = call_backward(grad_output, x, alpha, shift, weight, function,
                                              channel_dim, mask, grad_sum, exact);
    variable_list found;  // autograd takes no undefined tensor as a result
    std::apply([&](const auto&... gradient) { (add(found, gradient), ...); }, gradients);
    return found;
  }

  static variable_list backward(AutogradContext* context, const variable_list& given_tangents) {
    const variable_list saved = context->get_saved_variables();
    std::array<OptionalTensor, 5> tangents;
    size_t next = 0;
    for (size_t n = 0; n < tangents.size(); ++n) {
      if (context->saved_data["mask"].toInt() >> n & 1) {
        tangents[n] = given(given_tangents[next++]);
      }
    }
    auto [grad_output, x, alpha, shift, weight] = call_double_backward(
        tangents, saved[0], saved[1], saved[2], given(saved[3]), given(saved[4]),
        context->saved_data["function"].toStringRef(), context->saved_data["channel_dim"].toInt());
    const bool has_grad_sum = context->saved_data["has_grad_sum"].toBool();
    const Tensor grad_sum = has_grad_sum ? tangents[0].value_or(Tensor()) : Tensor();
    return {grad_output, x, alpha, shift, weight, grad_sum, Tensor(), Tensor(), Tensor(), Tensor()};
  }

 private:
  static void add(variable_list& found, const Tensor& gradient) {
    if (gradient.defined()) {
      found.push_back(gradient);
    }
  }
};

// A node costs more than a small kernel: none where nothing asks for it.
bool wants_gradient(std::initializer_list<OptionalTensor> tensors) {
  if (has_tangent(tensors)) {
    throw refusal("dyt::pointwise has no forward-mode derivative",
                  "take the derivative backwards, or write the function with LibTorch's own "
                  "operators, for instance weight * tanh(alpha * x) + bias");
  }
  if (!c10::GradMode::is_enabled()) {
    return false;
  }
  for (const OptionalTensor& tensor : tensors) {
    if (present(tensor) && tensor->requires_grad()) {
      return true;
    }
  }
  return false;
}

void refuse_gradients(std::initializer_list<OptionalTensor> tensors, const char* name) {
  if (wants_gradient(tensors)) {
    throw refusal(std::string(name) + " overwrites what a gradient would need",
                  "call it under no_grad, or use dyt::pointwise");
  }
}

}  // namespace

Tensor forward_autograd(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                        const OptionalTensor& weight, const OptionalTensor& bias,
                        std::string_view function, int64_t channel_dim, bool exact) {
  if (!wants_gradient({x, alpha, shift, weight, bias})) {
    const BelowAutograd guard;
    return call_forward(x, alpha, shift, weight, bias, function, channel_dim, exact);
  }
  return ForwardFunction::apply(x, alpha, shift, weight, bias, std::string(function), channel_dim,
                                exact);
}

std::tuple<Tensor, Tensor> add_autograd(const Tensor& x, const Tensor& residual,
                                        const Tensor& alpha, const OptionalTensor& shift,
                                        const OptionalTensor& weight, const OptionalTensor& bias,
                                        std::string_view function, int64_t channel_dim,
                                        bool exact) {
  if (!wants_gradient({x, residual, alpha, shift, weight, bias})) {
    const BelowAutograd guard;
    return call_add(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
  }
  const variable_list found = AddFunction::apply(x, residual, alpha, shift, weight, bias,
                                                 std::string(function), channel_dim, exact);
  return {found[0], found[1]};
}

void in_place_autograd(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                       const OptionalTensor& weight, const OptionalTensor& bias,
                       std::string_view function, int64_t channel_dim, bool exact) {
  refuse_gradients({x, alpha, shift, weight, bias}, "dyt::pointwise_");
  const at::AutoDispatchBelowAutograd guard;  // the version is counted below
  call_in_place(x, alpha, shift, weight, bias, function, channel_dim, exact);
}

void add_in_place_autograd(Tensor& x, Tensor& residual, const Tensor& alpha,
                           const OptionalTensor& shift, const OptionalTensor& weight,
                           const OptionalTensor& bias, std::string_view function,
                           int64_t channel_dim, bool exact) {
  refuse_gradients({x, residual, alpha, shift, weight, bias}, "dyt::pointwise_add_");
  const at::AutoDispatchBelowAutograd guard;  // the versions are counted below
  call_add_in_place(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

void out_autograd(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                  const OptionalTensor& weight, const OptionalTensor& bias,
                  std::string_view function, int64_t channel_dim, bool exact, Tensor& out) {
  refuse_gradients({x, alpha, shift, weight, bias, out}, "dyt::pointwise.out");
  const at::AutoDispatchBelowAutograd guard;  // the version is counted below
  call_out(x, alpha, shift, weight, bias, function, channel_dim, exact, out);
}

Gradients backward_autograd(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                            const OptionalTensor& shift, const OptionalTensor& weight,
                            std::string_view function, int64_t channel_dim, Mask mask,
                            const OptionalTensor& grad_sum, bool exact) {
  if (!wants_gradient({grad_output, x, alpha, shift, weight, grad_sum})) {
    const BelowAutograd guard;
    return call_backward(grad_output, x, alpha, shift, weight, function, channel_dim, mask,
                         grad_sum, exact);
  }
  const variable_list found =
      BackwardFunction::apply(grad_output, x, alpha, shift, weight, grad_sum, std::string(function),
                              channel_dim, mask, exact);
  std::array<Tensor, 5> gradients;
  size_t next = 0;
  for (size_t n = 0; n < gradients.size(); ++n) {
    gradients[n] = mask[n] ? found[next++] : Tensor();
  }
  return std::tuple_cat(gradients);
}

Gradients double_backward_autograd(const OptionalTensor& tangent_x,
                                   const OptionalTensor& tangent_alpha,
                                   const OptionalTensor& tangent_shift,
                                   const OptionalTensor& tangent_weight,
                                   const OptionalTensor& tangent_bias, const Tensor& grad_output,
                                   const Tensor& x, const Tensor& alpha,
                                   const OptionalTensor& shift, const OptionalTensor& weight,
                                   std::string_view function, int64_t channel_dim) {
  if (wants_gradient({tangent_x, tangent_alpha, tangent_shift, tangent_weight, tangent_bias,
                      grad_output, x, alpha, shift, weight})) {
    throw refusal("dyt::pointwise has no third derivative",
                  "ask for the second without create_graph, or write the function with LibTorch's "
                  "own operators, for instance weight * tanh(alpha * x) + bias");
  }
  const BelowAutograd guard;
  return call_double_backward(
      {tangent_x, tangent_alpha, tangent_shift, tangent_weight, tangent_bias}, grad_output, x,
      alpha, shift, weight, function, channel_dim);
}

}  // namespace dyt::ops::internal
