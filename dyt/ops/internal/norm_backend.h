// SPDX-License-Identifier: Apache-2.0
// The kernels of the norm operators that a device registers; see pointwise_backend.h.
#pragma once

#include <torch/library.h>

#include "dyt/ops/internal/norm_check.h"
#include "dyt/ops/internal/tensors.h"

namespace dyt::ops::internal {

using at::Tensor;

inline std::optional<kernels::DType> norm_parameter_type(const std::optional<Tensor>& weight,
                                                         const std::optional<Tensor>& bias) {
  if (present(weight)) {
    return dtype_of(*weight);
  }
  return present(bias) ? std::optional(dtype_of(*bias)) : std::nullopt;
}

inline int64_t rows_of(const Tensor& x) {
  return c10::multiply_integers(x.sizes().slice(0, x.dim() - 1));
}

// Solver as in PointwiseBackend, for the norms' problems.
template <class Solver>
struct NormBackend {
  static void run_forward(const Tensor& x, const std::optional<Tensor>& residual,
                          const std::optional<Tensor>& weight, const std::optional<Tensor>& bias,
                          std::string_view kind, double eps, const Tensor& y, const Tensor& sum,
                          const Tensor& mean, const Tensor& rstd) {
    const Tensor input = x.contiguous();
    const std::optional<Tensor> added = contiguous(residual);
    const std::optional<Tensor> weights = contiguous(weight), biases = contiguous(bias);
    Solver::forward(
        kernels::NormForwardProblem{.kind = norm_kind(kind),
                                    .dtype = dtype_of(x),
                                    .rows = rows_of(x),
                                    .channels = x.size(-1),
                                    .eps = eps,
                                    .input = input.const_data_ptr(),
                                    .weight = data_of(weights),
                                    .bias = data_of(biases),
                                    .parameter_dtype = norm_parameter_type(weight, bias),
                                    .output = y.mutable_data_ptr(),
                                    .residual = data_of(added),
                                    .sum = data_to(sum),
                                    .mean = mean.mutable_data_ptr(),
                                    .rstd = rstd.mutable_data_ptr()},
        x);
  }

  static Normalized forward(const Tensor& x, const std::optional<Tensor>& weight,
                            const std::optional<Tensor>& bias, std::string_view kind, double eps) {
    const Normalized found = norm_meta(x, weight, bias, kind, eps);
    const auto& [y, mean, rstd] = found;
    run_forward(x, {}, weight, bias, kind, eps, y, {}, mean, rstd);
    return found;
  }

  static AddedNormalized add(const Tensor& x, const Tensor& residual,
                             const std::optional<Tensor>& weight, const std::optional<Tensor>& bias,
                             std::string_view kind, double eps) {
    const AddedNormalized found = norm_add_meta(x, residual, weight, bias, kind, eps);
    const auto& [y, sum, mean, rstd] = found;
    run_forward(x, residual, weight, bias, kind, eps, y, sum, mean, rstd);
    return found;
  }

  static NormGradients backward(const Tensor& grad_output, const Tensor& x,
                                const std::optional<Tensor>& weight, const Tensor& mean,
                                const Tensor& rstd, const Tensor& parameter, std::string_view kind,
                                NormMask mask, const std::optional<Tensor>& grad_sum) {
    const NormGradients gradients =
        norm_backward_meta(grad_output, x, weight, mean, rstd, parameter, kind, mask, grad_sum);
    const Tensor grad = grad_output.contiguous(), input = x.contiguous();
    const Tensor means = mean.contiguous(), rstds = rstd.contiguous();
    const std::optional<Tensor> weights = contiguous(weight);
    const std::optional<Tensor> elsewhere = contiguous(grad_sum);
    Solver::backward(kernels::NormBackwardProblem{.kind = norm_kind(kind),
                                                  .dtype = dtype_of(x),
                                                  .rows = rows_of(x),
                                                  .channels = x.size(-1),
                                                  .grad_output = grad.const_data_ptr(),
                                                  .input = input.const_data_ptr(),
                                                  .weight = data_of(weights),
                                                  .parameter_dtype = dtype_of(parameter),
                                                  .mean = means.const_data_ptr(),
                                                  .rstd = rstds.const_data_ptr(),
                                                  .grad_input = data_to(std::get<0>(gradients)),
                                                  .grad_weight = data_to(std::get<1>(gradients)),
                                                  .grad_bias = data_to(std::get<2>(gradients)),
                                                  .grad_sum = data_of(elsewhere)},
                     x);
    return gradients;
  }

  static void implement(torch::Library& library) {
    library.impl("norm", forward);
    library.impl("norm_add", add);
    library.impl("norm_backward", backward);
  }
};

}  // namespace dyt::ops::internal
