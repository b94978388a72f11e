// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/cuda/internal/launcher.h"
#include "dyt/kernels/cuda/internal/norm_arguments.h"

namespace dyt::kernels::cuda {
namespace {

Grid grid_of(const NormWalk& walk) { return {walk.groups, 1, walk.lanes * walk.teams}; }

}  // namespace

int64_t workspace_bytes(const NormForwardProblem&) { return 0; }

int64_t workspace_bytes(const NormBackwardProblem& problem) {
  return partial_bytes(
      norm_backward_walk(problem.rows, problem.channels, problem.dtype, kMaxMultiprocessors),
      problem.dtype);
}

Status forward(const NormForwardProblem& problem, const Launch& launch) {
  if (problem.rows == 0 || problem.channels == 0) {
    return {};
  }
  const NormWalk walk = norm_forward_walk(problem.rows, problem.channels, problem.dtype);
  const NormForwardArguments arguments = arguments_of(problem, walk);
  return launch_kernel(norm_forward_kernel(problem.dtype, is_whole(walk, problem)), grid_of(walk),
                       &arguments, "the norm forward", launch);
}

Status backward(const NormBackwardProblem& problem, const Launch& launch) {
  if (problem.channels == 0) {
    return {};
  }
  int multiprocessors = 0;
  Status status = check_workspace(workspace_bytes(problem), launch);
  if (status.ok()) {
    status = multiprocessors_of_device(multiprocessors);
  }
  if (!status.ok()) {
    return status;
  }
  const NormWalk walk =
      norm_backward_walk(problem.rows, problem.channels, problem.dtype, multiprocessors);
  const NormBackwardArguments arguments = arguments_of(problem, walk, launch.workspace);
  status = launch_kernel(norm_backward_kernel(problem.dtype, is_whole(walk, problem)),
                         grid_of(walk), &arguments, "the norm backward", launch);
  if (!status.ok() || !wants_sums(problem)) {
    return status;
  }
  const FinishArguments finish = finish_of(problem, arguments);
  return launch_kernel(finish_kernel(problem.dtype == DType::kFloat64),
                       {finish_blocks(finish.channels), 1, kBlock}, &finish,
                       "the norm backward's sums", launch);
}

}  // namespace dyt::kernels::cuda
