// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/internal/pointwise_calls.h"

#include <ATen/core/dispatch/Dispatcher.h>

namespace dyt::ops::internal {
namespace {

using at::Tensor;

// Looked up once: schemas never go away.
template <class Signature>
c10::TypedOperatorHandle<Signature> find(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

}  // namespace

Tensor call_forward(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                    const OptionalTensor& weight, const OptionalTensor& bias,
                    std::string_view function, int64_t channel_dim, bool exact) {
  static const auto handle =
      find<Tensor(const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                  const OptionalTensor&, std::string_view, int64_t, bool)>("dyt::pointwise");
  return handle.call(x, alpha, shift, weight, bias, function, channel_dim, exact);
}

std::tuple<Tensor, Tensor> call_add(const Tensor& x, const Tensor& residual, const Tensor& alpha,
                                    const OptionalTensor& shift, const OptionalTensor& weight,
                                    const OptionalTensor& bias, std::string_view function,
                                    int64_t channel_dim, bool exact) {
  static const auto handle = find<std::tuple<Tensor, Tensor>(
      const Tensor&, const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
      const OptionalTensor&, std::string_view, int64_t, bool)>("dyt::pointwise_add");
  return handle.call(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

void call_in_place(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                   const OptionalTensor& weight, const OptionalTensor& bias,
                   std::string_view function, int64_t channel_dim, bool exact) {
  static const auto handle =
      find<void(Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                const OptionalTensor&, std::string_view, int64_t, bool)>("dyt::pointwise_");
  return handle.call(x, alpha, shift, weight, bias, function, channel_dim, exact);
}

void call_add_in_place(Tensor& x, Tensor& residual, const Tensor& alpha,
                       const OptionalTensor& shift, const OptionalTensor& weight,
                       const OptionalTensor& bias, std::string_view function, int64_t channel_dim,
                       bool exact) {
  static const auto handle =
      find<void(Tensor&, Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                const OptionalTensor&, std::string_view, int64_t, bool)>("dyt::pointwise_add_");
  handle.call(x, residual, alpha, shift, weight, bias, function, channel_dim, exact);
}

void call_out(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
              const OptionalTensor& weight, const OptionalTensor& bias, std::string_view function,
              int64_t channel_dim, bool exact, Tensor& out) {
  static const auto handle =
      find<void(const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
                const OptionalTensor&, std::string_view, int64_t, bool, Tensor&)>("dyt::pointwise",
                                                                                  "out");
  handle.call(x, alpha, shift, weight, bias, function, channel_dim, exact, out);
}

Gradients call_backward(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                        const OptionalTensor& shift, const OptionalTensor& weight,
                        std::string_view function, int64_t channel_dim, Mask mask,
                        const OptionalTensor& grad_sum, bool exact) {
  static const auto handle = find<Gradients(
      const Tensor&, const Tensor&, const Tensor&, const OptionalTensor&, const OptionalTensor&,
      std::string_view, int64_t, Mask, const OptionalTensor&, bool)>("dyt::pointwise_backward");
  return handle.call(grad_output, x, alpha, shift, weight, function, channel_dim, mask, grad_sum,
                     exact);
}

Gradients call_double_backward(const std::array<OptionalTensor, 5>& tangents,
                               const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                               const OptionalTensor& shift, const OptionalTensor& weight,
                               std::string_view function, int64_t channel_dim) {
  static const auto handle = find<Gradients(
      const OptionalTensor&, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&,
      const OptionalTensor&, const Tensor&, const Tensor&, const Tensor&, const OptionalTensor&,
      const OptionalTensor&, std::string_view, int64_t)>("dyt::pointwise_double_backward");
  return handle.call(tangents[0], tangents[1], tangents[2], tangents[3], tangents[4], grad_output,
                     x, alpha, shift, weight, function, channel_dim);
}

}  // namespace dyt::ops::internal
