// SPDX-License-Identifier: Apache-2.0
// The C interface: layer norm and RMS norm.
#include <cmath>
#include <cstddef>

#include "dyt/kernels/dyt.h"
#include "dyt/kernels/internal/c_arguments.h"
#include "dyt/kernels/norm.h"

using namespace dyt::kernels;  // NOLINT: C functions have no namespace of their own
using internal::Use;

namespace {

// One of the functions of the C interface.
struct Entry {
  const char* name;
  NormKind kind;
  const char* adding;  // the function that takes what this one does not; null: this takes it

  bool adds() const { return adding == nullptr; }
};

// Arithmetic's type: that of mean and rstd.
DType statistics_type(DType arrays) {
  return arrays == DType::kFloat64 ? DType::kFloat64 : DType::kFloat32;
}

double checked_eps(double eps) {
  if (!(eps > 0) || std::isinf(eps)) {
    internal::refuse(DYT_STATUS_BAD_SIZE, "eps: expected a number above 0, found ", eps);
  }
  return eps;
}

NormForwardProblem checked_problem(const dyt_norm_forward_args& args, NormKind kind) {
  const DType dtype = internal::checked_dtype(args.dtype);
  internal::check_extents({{"rows", args.rows}, {"channels", args.channels}});
  return {.kind = kind,
          .dtype = dtype,
          .rows = args.rows,
          .channels = args.channels,
          .eps = checked_eps(args.eps),
          .input = args.input,
          .weight = args.weight,
          .bias = args.bias,
          .parameter_dtype = internal::checked_parameter_dtype(args.parameter_dtype, dtype),
          .output = args.output,
          .residual = args.residual,
          .sum = args.sum,
          .mean = args.mean,
          .rstd = args.rstd};
}

void check_buffers(const NormForwardProblem& problem, bool adds) {
  const int64_t all = problem.rows * problem.channels;
  const DType arrays = problem.dtype, parameters = *problem.parameter_dtype;
  const DType statistics = statistics_type(arrays);
  internal::check_buffers({
      {"input", problem.input, all, arrays, Use::kReadOrReplaced, true},
      {"residual", problem.residual, all, arrays, Use::kReadOrReplaced, adds},
      {"weight", problem.weight, problem.channels, parameters},
      {"bias", problem.bias, problem.channels, parameters},
      {"output", problem.output, all, arrays, Use::kReplacing, true},
      {"sum", problem.sum, all, arrays, Use::kReplacing, adds},
      {"mean", problem.mean, problem.rows, statistics, Use::kWritten},
      {"rstd", problem.rstd, problem.rows, statistics, Use::kWritten},
  });
}

dyt_status run(const Entry& entry, const dyt_norm_forward_args* given,
               const dyt_parallel_for* parallel_for) {
  return internal::guarded(entry.name, [&] {
    const auto args = internal::own_copy(given, "dyt_norm_forward_args",
                                         offsetof(dyt_norm_forward_args, rstd) + sizeof(void*));
    const NormForwardProblem problem = checked_problem(args, entry.kind);
    if (!entry.adds()) {
      internal::check_unused(entry.adding, {{"residual", args.residual}, {"sum", args.sum}});
    }
    if (entry.kind == NormKind::kRmsNorm) {
      internal::check_unused("layer norm", {{"mean", args.mean}});
    }
    check_buffers(problem, entry.adds());
    forward(problem, internal::to_parallel_for(parallel_for));
  });
}

NormBackwardProblem checked_problem(const dyt_norm_backward_args& args, NormKind kind) {
  const DType dtype = internal::checked_dtype(args.dtype);
  internal::check_extents({{"rows", args.rows}, {"channels", args.channels}});
  return {.kind = kind,
          .dtype = dtype,
          .rows = args.rows,
          .channels = args.channels,
          .grad_output = args.grad_output,
          .input = args.input,
          .weight = args.weight,
          .parameter_dtype = internal::checked_parameter_dtype(args.parameter_dtype, dtype),
          .mean = args.mean,
          .rstd = args.rstd,
          .grad_input = args.grad_input,
          .grad_weight = args.grad_weight,
          .grad_bias = args.grad_bias,
          .grad_sum = args.grad_sum};
}

void check_buffers(const NormBackwardProblem& problem, bool adds) {
  const int64_t all = problem.rows * problem.channels;
  const DType arrays = problem.dtype, parameters = *problem.parameter_dtype;
  const DType statistics = statistics_type(arrays);
  const bool has_mean = problem.kind == NormKind::kLayerNorm;
  internal::check_buffers({
      {"grad_output", problem.grad_output, all, arrays, Use::kReadOrReplaced, true},
      {"grad_sum", problem.grad_sum, all, arrays, Use::kReadOrReplaced, adds},
      {"input", problem.input, all, arrays, Use::kRead, true},
      {"weight", problem.weight, problem.channels, parameters},
      {"mean", problem.mean, problem.rows, statistics, Use::kRead, has_mean},
      {"rstd", problem.rstd, problem.rows, statistics, Use::kRead, true},
      {"grad_input", problem.grad_input, all, arrays, Use::kReplacing},
      {"grad_weight", problem.grad_weight, problem.channels, parameters, Use::kWritten},
      {"grad_bias", problem.grad_bias, problem.channels, parameters, Use::kWritten},
  });
}

dyt_status run(const Entry& entry, const dyt_norm_backward_args* given,
               const dyt_parallel_for* parallel_for) {
  return internal::guarded(entry.name, [&] {
    const auto args =
        internal::own_copy(given, "dyt_norm_backward_args",
                           offsetof(dyt_norm_backward_args, grad_bias) + sizeof(void*));
    const NormBackwardProblem problem = checked_problem(args, entry.kind);
    if (!entry.adds()) {
      internal::check_unused(entry.adding, {{"grad_sum", args.grad_sum}});
    }
    if (entry.kind == NormKind::kRmsNorm) {
      internal::check_unused("layer norm", {{"mean", args.mean}});
    }
    check_buffers(problem, entry.adds());
    backward(problem, internal::to_parallel_for(parallel_for));
  });
}

}  // namespace

dyt_status dyt_layer_norm_forward(const dyt_norm_forward_args* args,
                                  const dyt_parallel_for* parallel_for) {
  return run({"dyt_layer_norm_forward", NormKind::kLayerNorm, "dyt_layer_norm_add_forward"}, args,
             parallel_for);
}

dyt_status dyt_layer_norm_add_forward(const dyt_norm_forward_args* args,
                                      const dyt_parallel_for* parallel_for) {
  return run({"dyt_layer_norm_add_forward", NormKind::kLayerNorm, nullptr}, args, parallel_for);
}

dyt_status dyt_rms_norm_forward(const dyt_norm_forward_args* args,
                                const dyt_parallel_for* parallel_for) {
  return run({"dyt_rms_norm_forward", NormKind::kRmsNorm, "dyt_rms_norm_add_forward"}, args,
             parallel_for);
}

dyt_status dyt_rms_norm_add_forward(const dyt_norm_forward_args* args,
                                    const dyt_parallel_for* parallel_for) {
  return run({"dyt_rms_norm_add_forward", NormKind::kRmsNorm, nullptr}, args, parallel_for);
}

dyt_status dyt_layer_norm_backward(const dyt_norm_backward_args* args,
                                   const dyt_parallel_for* parallel_for) {
  return run({"dyt_layer_norm_backward", NormKind::kLayerNorm, "dyt_layer_norm_add_backward"}, args,
             parallel_for);
}

dyt_status dyt_layer_norm_add_backward(const dyt_norm_backward_args* args,
                                       const dyt_parallel_for* parallel_for) {
  return run({"dyt_layer_norm_add_backward", NormKind::kLayerNorm, nullptr}, args, parallel_for);
}

dyt_status dyt_rms_norm_backward(const dyt_norm_backward_args* args,
                                 const dyt_parallel_for* parallel_for) {
  return run({"dyt_rms_norm_backward", NormKind::kRmsNorm, "dyt_rms_norm_add_backward"}, args,
             parallel_for);
}

dyt_status dyt_rms_norm_add_backward(const dyt_norm_backward_args* args,
                                     const dyt_parallel_for* parallel_for) {
  return run({"dyt_rms_norm_add_backward", NormKind::kRmsNorm, nullptr}, args, parallel_for);
}
