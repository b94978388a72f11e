// SPDX-License-Identifier: Apache-2.0
// The C interface: the point-wise family.
#include <cstddef>

#include "dyt/kernels/dyt.h"
#include "dyt/kernels/internal/c_arguments.h"
#include "dyt/kernels/pointwise.h"

using namespace dyt::kernels;  // NOLINT: C functions have no namespace of their own
using internal::Use;

namespace {

template <class Args>
Shape checked_shape(const Args& args) {
  internal::check_extents(
      {{"outer", args.outer}, {"channels", args.channels}, {"inner", args.inner, 1}});
  return {.outer = args.outer, .channels = args.channels, .inner = args.inner};
}

ForwardProblem checked_problem(const dyt_forward_args& args) {
  const DType dtype = internal::checked_dtype(args.dtype);
  return {.function = internal::checked_function(args.function),
          .dtype = dtype,
          .shape = checked_shape(args),
          .input = args.input,
          .parameters = {.alpha = args.alpha,
                         .shift = args.shift,
                         .weight = args.weight,
                         .bias = args.bias,
                         .dtype = internal::checked_parameter_dtype(args.parameter_dtype, dtype)},
          .output = args.output,
          .residual = args.residual,
          .sum = args.sum,
          .exact = internal::checked_flag("exact", args.exact)};
}

void check_buffers(const ForwardProblem& problem, bool adds) {
  const int64_t all = problem.shape.count(), channels = problem.shape.channels;
  const DType arrays = problem.dtype, parameters = parameter_type(problem);
  const Parameters& given = problem.parameters;
  internal::check_buffers({
      {"input", problem.input, all, arrays, Use::kReadOrReplaced, true},
      {"residual", problem.residual, all, arrays, Use::kReadOrReplaced, adds},
      {"alpha", given.alpha, 1, parameters, Use::kRead, true},
      {"shift", given.shift, 1, parameters},
      {"weight", given.weight, channels, parameters},
      {"bias", given.bias, channels, parameters},
      {"output", problem.output, all, arrays, Use::kReplacing, true},
      {"sum", problem.sum, all, arrays, Use::kReplacing, adds},
  });
}

void run_forward(const dyt_forward_args* given, const dyt_parallel_for* parallel_for, bool adds) {
  const auto args = internal::own_copy(given, "dyt_forward_args",
                                       offsetof(dyt_forward_args, sum) + sizeof(void*));
  const ForwardProblem problem = checked_problem(args);
  if (!adds) {
    internal::check_unused("dyt_add_forward", {{"residual", args.residual}, {"sum", args.sum}});
  }
  check_buffers(problem, adds);
  forward(problem, internal::to_parallel_for(parallel_for));
}

BackwardProblem checked_problem(const dyt_backward_args& args) {
  const DType dtype = internal::checked_dtype(args.dtype);
  return {.function = internal::checked_function(args.function),
          .dtype = dtype,
          .shape = checked_shape(args),
          .grad_output = args.grad_output,
          .input = args.input,
          .parameters = {.alpha = args.alpha,
                         .shift = args.shift,
                         .weight = args.weight,
                         .dtype = internal::checked_parameter_dtype(args.parameter_dtype, dtype)},
          .grad_input = args.grad_input,
          .grad_alpha = args.grad_alpha,
          .grad_shift = args.grad_shift,
          .grad_weight = args.grad_weight,
          .grad_bias = args.grad_bias,
          .grad_sum = args.grad_sum,
          .exact = internal::checked_flag("exact", args.exact)};
}

void check_buffers(const BackwardProblem& problem, bool adds) {
  const int64_t all = problem.shape.count(), channels = problem.shape.channels;
  const DType arrays = problem.dtype, parameters = parameter_type(problem);
  const Parameters& given = problem.parameters;
  internal::check_buffers({
      {"grad_output", problem.grad_output, all, arrays, Use::kReadOrReplaced, true},
      {"grad_sum", problem.grad_sum, all, arrays, Use::kReadOrReplaced, adds},
      {"input", problem.input, all, arrays, Use::kRead, true},
      {"alpha", given.alpha, 1, parameters, Use::kRead, true},
      {"shift", given.shift, 1, parameters},
      {"weight", given.weight, channels, parameters},
      {"grad_input", problem.grad_input, all, arrays, Use::kReplacing},
      {"grad_alpha", problem.grad_alpha, 1, parameters, Use::kWritten},
      {"grad_shift", problem.grad_shift, 1, parameters, Use::kWritten},
      {"grad_weight", problem.grad_weight, channels, parameters, Use::kWritten},
      {"grad_bias", problem.grad_bias, channels, parameters, Use::kWritten},
  });
}

void run_backward(const dyt_backward_args* given, const dyt_parallel_for* parallel_for, bool adds) {
  const auto args = internal::own_copy(given, "dyt_backward_args",
                                       offsetof(dyt_backward_args, grad_bias) + sizeof(void*));
  const BackwardProblem problem = checked_problem(args);
  if (!adds) {
    internal::check_unused("dyt_add_backward", {{"grad_sum", args.grad_sum}});
  }
  check_buffers(problem, adds);
  backward(problem, internal::to_parallel_for(parallel_for));
}

}  // namespace

dyt_status dyt_forward(const dyt_forward_args* args, const dyt_parallel_for* parallel_for) {
  return internal::guarded("dyt_forward", [&] { run_forward(args, parallel_for, false); });
}

dyt_status dyt_add_forward(const dyt_forward_args* args, const dyt_parallel_for* parallel_for) {
  return internal::guarded("dyt_add_forward", [&] { run_forward(args, parallel_for, true); });
}

dyt_status dyt_backward(const dyt_backward_args* args, const dyt_parallel_for* parallel_for) {
  return internal::guarded("dyt_backward", [&] { run_backward(args, parallel_for, false); });
}

dyt_status dyt_add_backward(const dyt_backward_args* args, const dyt_parallel_for* parallel_for) {
  return internal::guarded("dyt_add_backward", [&] { run_backward(args, parallel_for, true); });
}
