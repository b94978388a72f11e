// SPDX-License-Identifier: Apache-2.0
// The kernels of the point-wise operators that a device registers: tensors become a problem on raw
// pointers, which the device's Solver solves. The same for every device.
//
//   struct Solver {  // `on` is a tensor of the device
//     static void forward(const kernels::ForwardProblem& problem, const at::Tensor& on);
//     static void backward(const kernels::BackwardProblem& problem, const at::Tensor& on);
//   };
//   PointwiseBackend<Solver>::implement(library);  // in TORCH_LIBRARY_IMPL(dyt, CPU, library)
#pragma once

#include <ATen/MemoryOverlap.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include "dyt/kernels/pointwise.h"
#include "dyt/ops/internal/pointwise_calls.h"
#include "dyt/ops/internal/pointwise_check.h"

namespace dyt::ops::internal {

using at::Tensor;

inline kernels::Shape shape_of(const PointwiseArguments& arguments) {
  const int64_t channel_dim = channel_dim_of(arguments);
  const at::IntArrayRef sizes = arguments.x.sizes();
  return {.outer = c10::multiply_integers(sizes.slice(0, channel_dim)),
          .channels = sizes[channel_dim],
          .inner = c10::multiply_integers(sizes.slice(channel_dim + 1))};
}

// Contiguous parameters and where they lie.
struct HeldParameters {
  HeldParameters(const PointwiseArguments& arguments, const OptionalTensor& bias)
      : alpha(arguments.alpha),
        shift(arguments.shift),
        weight(contiguous(arguments.weight)),
        bias(contiguous(bias)) {}

  kernels::Parameters pointers() const {
    return {.alpha = alpha.const_data_ptr(),
            .shift = data_of(shift),
            .weight = data_of(weight),
            .bias = data_of(bias),
            .dtype = dtype_of(alpha)};
  }

  const Tensor alpha;
  const OptionalTensor shift, weight, bias;
};

inline Tensor fresh_like(const Tensor& x) { return at::empty(x.sizes(), x.options()); }

// Whether the kernel may write into out itself: it reads an element of x just before it writes that
// element, so out may be x, but not lie across it, and not be x seen with other strides.
inline bool writes_directly(const Tensor& x, const Tensor& out) {
  const at::MemOverlapStatus overlap = at::get_overlap_status(x, out);
  return out.is_contiguous() && (overlap == at::MemOverlapStatus::Full ||
                                 overlap == at::MemOverlapStatus::No || !x.is_alias_of(out));
}

template <class Solver>
struct PointwiseBackend {
  // input, output, residual and sum are contiguous; the last two may be undefined.
  static void run_forward(const PointwiseArguments& arguments, const OptionalTensor& bias,
                          bool exact, const Tensor& input, const Tensor& output,
                          const OptionalTensor& residual, const Tensor& sum) {
    const kernels::FunctionRow& row = check_arguments(arguments);
    check_bias(arguments, bias);
    const HeldParameters parameters(arguments, bias);
    Solver::forward(kernels::ForwardProblem{.function = row.function,
                                            .dtype = dtype_of(arguments.x),
                                            .shape = shape_of(arguments),
                                            .input = input.const_data_ptr(),
                                            .parameters = parameters.pointers(),
                                            .output = output.mutable_data_ptr(),
                                            .residual = data_of(residual),
                                            .sum = data_to(sum),
                                            .exact = exact},
                    arguments.x);
  }

  static Tensor forward(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                        const OptionalTensor& weight, const OptionalTensor& bias,
                        std::string_view function, int64_t channel_dim, bool exact) {
    const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
    check_arguments(arguments);
    const Tensor output = fresh_like(x);
    run_forward(arguments, bias, exact, x.contiguous(), output, {}, {});
    return output;
  }

  static std::tuple<Tensor, Tensor> add(const Tensor& x, const Tensor& residual,
                                        const Tensor& alpha, const OptionalTensor& shift,
                                        const OptionalTensor& weight, const OptionalTensor& bias,
                                        std::string_view function, int64_t channel_dim,
                                        bool exact) {
    const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
    check_arguments(arguments);
    check_same(arguments, residual, "residual");
    const Tensor output = fresh_like(x), sum = fresh_like(x);
    run_forward(arguments, bias, exact, x.contiguous(), output, residual.contiguous(), sum);
    return {output, sum};
  }

  static void out(const Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                  const OptionalTensor& weight, const OptionalTensor& bias,
                  std::string_view function, int64_t channel_dim, bool exact, Tensor& out) {
    const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
    check_arguments(arguments);
    check_same(arguments, out, "out");
    const bool direct = writes_directly(x, out);
    const Tensor output = direct ? out : fresh_like(x);
    run_forward(arguments, bias, exact, x.contiguous(), output, {}, {});
    if (!direct) {
      out.copy_(output);
    }
  }

  static void in_place(Tensor& x, const Tensor& alpha, const OptionalTensor& shift,
                       const OptionalTensor& weight, const OptionalTensor& bias,
                       std::string_view function, int64_t channel_dim, bool exact) {
    out(x, alpha, shift, weight, bias, function, channel_dim, exact, x);
  }

  static void add_in_place(Tensor& x, Tensor& residual, const Tensor& alpha,
                           const OptionalTensor& shift, const OptionalTensor& weight,
                           const OptionalTensor& bias, std::string_view function,
                           int64_t channel_dim, bool exact) {
    const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
    check_arguments(arguments);
    check_same(arguments, residual, "residual");
    check_apart(x, residual);
    const Tensor input = x.contiguous(), added = residual.contiguous();
    run_forward(arguments, bias, exact, input, input, added, added);
    if (!input.is_same(x)) {
      x.copy_(input);
    }
    if (!added.is_same(residual)) {
      residual.copy_(added);
    }
  }

  static Gradients backward(const Tensor& grad_output, const Tensor& x, const Tensor& alpha,
                            const OptionalTensor& shift, const OptionalTensor& weight,
                            std::string_view function, int64_t channel_dim, Mask mask,
                            const OptionalTensor& grad_sum, bool exact) {
    const PointwiseArguments arguments{x, alpha, shift, weight, function, channel_dim};
    const kernels::FunctionRow& row = check_arguments(arguments);
    check_gradients(arguments, grad_output, grad_sum);
    const Tensor grad = grad_output.contiguous();
    const Tensor input = x.contiguous();
    const OptionalTensor elsewhere = contiguous(grad_sum);
    const HeldParameters parameters(arguments, {});
    Gradients gradients = empty_gradients(arguments, mask);
    Solver::backward(kernels::BackwardProblem{.function = row.function,
                                              .dtype = dtype_of(x),
                                              .shape = shape_of(arguments),
                                              .grad_output = grad.const_data_ptr(),
                                              .input = input.const_data_ptr(),
                                              .parameters = parameters.pointers(),
                                              .grad_input = data_to(std::get<0>(gradients)),
                                              .grad_alpha = data_to(std::get<1>(gradients)),
                                              .grad_shift = data_to(std::get<2>(gradients)),
                                              .grad_weight = data_to(std::get<3>(gradients)),
                                              .grad_bias = data_to(std::get<4>(gradients)),
                                              .grad_sum = data_of(elsewhere),
                                              .exact = exact},
                     x);
    return gradients;
  }

  static void implement(torch::Library& library) {
    library.impl("pointwise", forward);
    library.impl("pointwise_", in_place);
    library.impl("pointwise.out", out);
    library.impl("pointwise_add", add);
    library.impl("pointwise_add_", add_in_place);
    library.impl("pointwise_backward", backward);
  }
};

}  // namespace dyt::ops::internal
