// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/arguments.h"
#include "dyt/kernels/cuda/internal/launcher.h"

namespace dyt::kernels::cuda {
namespace {

const PointwiseKernels& forward_kernels(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return forward_kernels_float64();
    case DType::kBFloat16:
      return forward_kernels_bfloat16();
    case DType::kFloat16:
      return forward_kernels_float16();
    default:
      return forward_kernels_float32();
  }
}

const PointwiseKernels& backward_kernels(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return backward_kernels_float64();
    case DType::kBFloat16:
      return backward_kernels_bfloat16();
    case DType::kFloat16:
      return backward_kernels_float16();
    default:
      return backward_kernels_float32();
  }
}

// Null if the function has no kernel.
Kernel kernel_of(const PointwiseKernels& kernels, Function function, bool exact, bool whole) {
  const int index = index_of(name_of(function), Functions{});
  const KernelsByFunction& form = whole ? kernels.whole : kernels.scattered;
  return index < 0 ? nullptr : (exact ? form.exact : form.usual)[index];
}

Status no_kernel(Function function) {
  return {"no CUDA kernel of the point-wise function " + std::string(name_of(function))};
}

Grid grid_of(const Walk& walk) { return {blocks_x_of(walk), walk.groups, threads_of(walk)}; }

}  // namespace

int64_t workspace_bytes(const ForwardProblem&) { return 0; }

// More multiprocessors never take less.
int64_t workspace_bytes(const BackwardProblem& problem) {
  return partial_bytes(backward_walk(problem.shape, problem.dtype, kMaxMultiprocessors),
                       problem.dtype);
}

Status forward(const ForwardProblem& problem, const Launch& launch) {
  if (problem.shape.count() == 0) {
    return {};
  }
  int multiprocessors = 0;
  if (Status status = multiprocessors_of_device(multiprocessors); !status.ok()) {
    return status;
  }
  const Walk walk = forward_walk(problem.shape, problem.dtype, multiprocessors);
  const Kernel kernel = kernel_of(forward_kernels(problem.dtype), problem.function, problem.exact,
                                  is_whole(walk, problem));
  if (kernel == nullptr) {
    return no_kernel(problem.function);
  }
  const ForwardArguments arguments = arguments_of(problem, walk);
  return launch_kernel(kernel, grid_of(walk), &arguments, "the point-wise forward", launch);
}

Status backward(const BackwardProblem& problem, const Launch& launch) {
  int multiprocessors = 0;
  Status status = check_workspace(workspace_bytes(problem), launch);
  if (status.ok()) {
    status = multiprocessors_of_device(multiprocessors);
  }
  if (!status.ok()) {
    return status;
  }
  const Walk walk = backward_walk(problem.shape, problem.dtype, multiprocessors);
  const Kernel kernel = kernel_of(backward_kernels(problem.dtype), problem.function, problem.exact,
                                  is_whole(walk, problem));
  if (kernel == nullptr) {
    return no_kernel(problem.function);
  }
  const BackwardArguments arguments = arguments_of(problem, walk, launch.workspace);
  status = launch_kernel(kernel, grid_of(walk), &arguments, "the point-wise backward", launch);
  if (!status.ok() || !wants_sums(problem)) {
    return status;
  }
  const FinishArguments finish = finish_of(problem, arguments);
  return launch_kernel(finish_kernel(problem.dtype == DType::kFloat64),
                       {finish_blocks(finish.channels), 1, kBlock}, &finish,
                       "the point-wise backward's sums", launch);
}

}  // namespace dyt::kernels::cuda
